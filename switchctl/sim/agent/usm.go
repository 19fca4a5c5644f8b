package agent

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"log"

	"github.com/gosnmp/gosnmp"
)

// User is one user of SNMPv3. The security level that the user needs follows from which keys are set.
// The words of the protocols are those of snmp.Config.
type User struct {
	Name         string
	AuthProtocol string // MD5 SHA SHA224 SHA256 SHA384 SHA512
	AuthKey      string
	PrivProtocol string // DES AES AES192 AES256 AES192C AES256C
	PrivKey      string
	ReadOnly     bool
}

// authProtocol is one of RFC 3414 clause 6 and 7 and RFC 7860 clause 4.
type authProtocol struct {
	hash   func() hash.Hash
	size   int // of the truncated digest
	gosnmp gosnmp.SnmpV3AuthProtocol
}

var authProtocols = map[string]authProtocol{
	"MD5":    {md5.New, 12, gosnmp.MD5},
	"SHA":    {sha1.New, 12, gosnmp.SHA},
	"SHA224": {sha256.New224, 16, gosnmp.SHA224},
	"SHA256": {sha256.New, 24, gosnmp.SHA256},
	"SHA384": {sha512.New384, 32, gosnmp.SHA384},
	"SHA512": {sha512.New, 48, gosnmp.SHA512},
}

var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"DES": gosnmp.DES, "AES": gosnmp.AES, "AES192": gosnmp.AES192, "AES256": gosnmp.AES256,
	"AES192C": gosnmp.AES192C, "AES256C": gosnmp.AES256C,
}

// check tells what is wrong with the user, without its keys.
func (u User) check() error {
	switch {
	case u.Name == "":
		return errors.New("check user: no name")
	case u.AuthKey == "" && u.PrivKey != "":
		return fmt.Errorf("check user %s: privacy needs authentication", u.Name)
	}
	if u.AuthKey != "" {
		if _, ok := authProtocols[u.AuthProtocol]; !ok {
			return fmt.Errorf("check user %s: authentication protocol %q is unknown", u.Name, u.AuthProtocol)
		}
	}
	if u.PrivKey != "" {
		if _, ok := privProtocols[u.PrivProtocol]; !ok {
			return fmt.Errorf("check user %s: privacy protocol %q is unknown", u.Name, u.PrivProtocol)
		}
	}
	return nil
}

// level gives the flags of the security level that the user needs.
func (u User) level() byte {
	switch {
	case u.PrivKey != "":
		return flagAuth | flagPriv
	case u.AuthKey != "":
		return flagAuth
	}
	return 0
}

// account is a user with the keys of one engine.
type account struct {
	User
	auth    authProtocol
	authKey []byte
	des     bool
	block   cipher.Block
	preIV   []byte // DES only: RFC 3414 clause 8.1.1.1
}

// localize derives the keys of u for one engine. It takes milliseconds, so it is done on the first
// message of the user only.
func localize(u User, engineID []byte) (*account, error) {
	a := &account{User: u}
	if u.AuthKey == "" {
		return a, nil
	}
	a.auth = authProtocols[u.AuthProtocol]
	sp := gosnmp.UsmSecurityParameters{
		AuthoritativeEngineID: string(engineID), UserName: u.Name,
		AuthenticationProtocol: a.auth.gosnmp, AuthenticationPassphrase: u.AuthKey, PrivacyProtocol: gosnmp.NoPriv,
		Logger: gosnmp.NewLogger(log.New(io.Discard, "", 0)),
	}
	if u.PrivKey != "" {
		sp.PrivacyProtocol, sp.PrivacyPassphrase = privProtocols[u.PrivProtocol], u.PrivKey
	}
	err := sp.InitSecurityKeys()
	if err != nil {
		return nil, fmt.Errorf("localize keys of user %s: %w", u.Name, err)
	}
	a.authKey = sp.SecretKey
	if u.PrivKey == "" {
		return a, nil
	}
	if a.des = u.PrivProtocol == "DES"; a.des {
		a.preIV = sp.PrivacyKey[8:16]
		a.block, err = des.NewCipher(sp.PrivacyKey[:8])
	} else {
		a.block, err = aes.NewCipher(sp.PrivacyKey)
	}
	if err != nil {
		return nil, fmt.Errorf("localize keys of user %s: %w", u.Name, err)
	}
	return a, nil
}

// digest is the truncated HMAC of a message whose digest field is zero.
func (a *account) digest(packet []byte) []byte {
	mac := hmac.New(a.auth.hash, a.authKey)
	mac.Write(packet)
	return mac.Sum(nil)[:a.auth.size]
}

// authentic checks and clears the digest field of the packet.
func (a *account) authentic(packet []byte, u *usmFields) bool {
	if len(u.auth) != a.auth.size {
		return false
	}
	got := append(make([]byte, 0, 48), u.auth...)
	clear(u.auth) // lies in packet
	return hmac.Equal(got, a.digest(packet))
}

// decrypt gives the plain scoped PDU.
func (a *account) decrypt(data []byte, u *usmFields) ([]byte, error) {
	if len(u.priv) != 8 {
		return nil, errors.New("decrypt message: msgPrivacyParameters is not 8 octets")
	}
	out := make([]byte, len(data))
	if a.des {
		if len(data)%des.BlockSize != 0 || len(data) == 0 {
			return nil, errors.New("decrypt message: length is no multiple of 8")
		}
		cipher.NewCBCDecrypter(a.block, a.desIV(u.priv)).CryptBlocks(out, data)
		return out, nil
	}
	iv := aesIV(uint32(u.boots), uint32(u.time), u.priv)
	cfb(a.block, iv, out, data, data)
	return out, nil
}

// encrypt encrypts a scoped PDU and gives the salt to send with it.
func (a *account) encrypt(plain []byte, boots, engineTime uint32, count uint64) (data []byte, salt [8]byte) {
	if a.des {
		binary.BigEndian.PutUint32(salt[:], boots)
		binary.BigEndian.PutUint32(salt[4:], uint32(count))
		data = make([]byte, (len(plain)+7)/8*8)
		copy(data, plain)
		cipher.NewCBCEncrypter(a.block, a.desIV(salt[:])).CryptBlocks(data, data)
		return data, salt
	}
	binary.BigEndian.PutUint64(salt[:], count)
	data = make([]byte, len(plain))
	cfb(a.block, aesIV(boots, engineTime, salt[:]), data, plain, data)
	return data, salt
}

func (a *account) desIV(salt []byte) []byte {
	iv := make([]byte, 8)
	for i := range iv {
		iv[i] = a.preIV[i] ^ salt[i]
	}
	return iv
}

// aesIV is RFC 3826 clause 3.1.2.1.
func aesIV(boots, engineTime uint32, salt []byte) []byte {
	iv := binary.BigEndian.AppendUint32(make([]byte, 0, aes.BlockSize), boots)
	return append(binary.BigEndian.AppendUint32(iv, engineTime), salt...)
}

// cfb is CFB with 128-bit segments (RFC 3826 clause 3.1.3); encrypted is the side that feeds the next
// block. The standard library marks its own as not to be used, for it is not authenticated; SNMP has no
// other.
func cfb(block cipher.Block, iv, dst, src, encrypted []byte) {
	pad := make([]byte, block.BlockSize())
	for i := 0; i < len(src); i += len(pad) {
		block.Encrypt(pad, iv)
		n := min(len(pad), len(src)-i)
		for k := range n {
			dst[i+k] = src[i+k] ^ pad[k]
		}
		copy(iv, encrypted[i:i+n])
	}
}
