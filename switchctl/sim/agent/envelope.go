package agent

// answer is the content of an answer.
type answer struct {
	status Status
	index  int
	list   []byte // variable bindings without the header of their sequence
}

// envelope is all of an answer but its content.
type envelope struct {
	version   int
	community []byte
	requestID int32
	limit     int // octets that the answer may have; 0 = not limited by the request

	// SNMPv3 only.
	msgID         int32
	flags         byte
	engine        *Engine
	engineTime    uint32
	user          []byte
	account       *account // nil below authNoPriv
	contextEngine []byte
	contextName   []byte
	salt          uint64
}

// size is the size of the message with n octets of variable bindings and no error. It is exact: a bulk
// answer is filled up to the last octet by it.
func (e *envelope) size(n int) int {
	pdu := tlvSize(2 + intOctets(int64(e.requestID)) + 3 + 3 + tlvSize(n))
	if e.version != version3 {
		return tlvSize(3 + tlvSize(len(e.community)) + pdu)
	}
	scoped := tlvSize(tlvSize(len(e.contextEngine)) + tlvSize(len(e.contextName)) + pdu)
	auth, priv := 0, 0
	if e.flags&flagAuth != 0 {
		auth = e.account.auth.size
	}
	if e.flags&flagPriv != 0 {
		priv = 8
		if e.account.des {
			scoped = (scoped + 7) / 8 * 8
		}
		scoped = tlvSize(scoped)
	}
	usm := tlvSize(tlvSize(len(e.engine.ID)) + 2 + intOctets(int64(e.engine.Boots)) + 2 + intOctets(int64(e.engineTime)) +
		tlvSize(len(e.user)) + tlvSize(auth) + tlvSize(priv))
	head := tlvSize(2 + intOctets(int64(e.msgID)) + 2 + intOctets(maxRequest) + 3 + 3)
	return tlvSize(3 + head + tlvSize(usm) + scoped)
}

// append appends the whole message.
func (e *envelope) append(dst []byte, tag byte, ans answer) []byte {
	if e.version == version3 {
		return e.appendV3(dst, tag, ans)
	}
	dst, at := open(dst, tagSequence)
	dst = appendInt(dst, int64(e.version))
	dst = appendOctets(dst, tagOctets, e.community)
	return shut(e.appendPDU(dst, tag, ans), at)
}

func (e *envelope) appendPDU(dst []byte, tag byte, ans answer) []byte {
	dst, at := open(dst, tag)
	dst = appendInt(dst, int64(e.requestID))
	dst = appendInt(dst, int64(ans.status))
	dst = appendInt(dst, int64(ans.index))
	return shut(appendOctets(dst, tagSequence, ans.list), at)
}

func (e *envelope) appendV3(dst []byte, tag byte, ans answer) []byte {
	start := len(dst)
	dst, whole := open(dst, tagSequence)
	dst = appendInt(dst, version3)
	dst, head := open(dst, tagSequence)
	dst = appendInt(dst, int64(e.msgID))
	dst = appendInt(dst, maxRequest)
	dst = append(dst, tagOctets, 1, e.flags)
	dst = shut(appendInt(dst, 3), head) // msgSecurityModel USM

	scoped, at := open(nil, tagSequence)
	scoped = appendOctets(scoped, tagOctets, e.contextEngine)
	scoped = appendOctets(scoped, tagOctets, e.contextName)
	scoped = shut(e.appendPDU(scoped, tag, ans), at)
	var salt []byte
	if e.flags&flagPriv != 0 {
		data, s := e.account.encrypt(scoped, e.engine.Boots, e.engineTime, e.salt)
		scoped, salt = appendOctets(nil, tagOctets, data), s[:]
	}

	dst, wrap := open(dst, tagOctets)
	dst, usm := open(dst, tagSequence)
	dst = appendOctets(dst, tagOctets, e.engine.ID)
	dst = appendInt(dst, int64(e.engine.Boots))
	dst = appendInt(dst, int64(e.engineTime))
	dst = appendOctets(dst, tagOctets, e.user)
	digestEnd := 0 // counted from the end of the message, which shut does not move
	if e.flags&flagAuth != 0 {
		dst = appendOctets(dst, tagOctets, make([]byte, e.account.auth.size))
		digestEnd = tlvSize(len(salt)) + len(scoped)
	} else {
		dst = append(dst, tagOctets, 0)
	}
	dst = appendOctets(dst, tagOctets, salt)
	dst = shut(shut(dst, usm), wrap)
	dst = shut(append(dst, scoped...), whole)
	if e.flags&flagAuth != 0 {
		digest := e.account.digest(dst[start:])
		copy(dst[len(dst)-digestEnd-len(digest):], digest)
	}
	return dst
}
