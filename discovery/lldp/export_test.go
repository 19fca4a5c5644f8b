package lldp

// FieldsEnd is one past the last bit of Fields.
const FieldsEnd = fieldsEnd
