//! How elements and bytes look in published JSON schemas.

use alloc::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A field element.
pub struct Decimal;
/// 32 bytes.
pub struct Hex32;
/// Bytes of any length.
pub struct HexBytes;

impl JsonSchema for Decimal {
    fn schema_name() -> Cow<'static, str> {
        "FieldElement".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(0|[1-9][0-9]{0,76})$",
            "description": "element of BN254's scalar field in decimal, below its order"
        })
    }
}

impl JsonSchema for Hex32 {
    fn schema_name() -> Cow<'static, str> {
        "Bytes32".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "32 bytes in hex" })
    }
}

impl JsonSchema for HexBytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([0-9a-f]{2})*$", "description": "bytes in hex" })
    }
}
