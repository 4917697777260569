//! JSON objects in the bodies of requests, read as Go's `encoding/json` reads them.
//!
//! Clients of Toxiproxy rely on its rules: the case of a field's name does not matter, of two fields
//! with one name the later counts, and null is the same as absent.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::{Error, Map, Value};

/// The fields of an object, with names in lower case and without nulls.
#[derive(Debug, Default)]
pub struct Object(Map<String, Value>);

impl Object {
    /// Read the fields into their type.
    ///
    /// # Errors
    /// A field has the wrong type.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_value(Value::Object(self.0))
    }

    /// The fields by name.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Object, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = from.next_entry::<String, Value>()? {
            if !value.is_null() {
                fields.insert(name.to_ascii_lowercase(), value);
            }
        }
        Ok(Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, json};

    use super::Object;

    /// The case of names does not count, the later of two fields wins, and nulls are absent.
    #[test]
    fn names_fold_and_nulls_are_absent() {
        let read = |text| from_str::<Object>(text).map(|object| json!(object.into_map()));
        assert_eq!(
            read(r#"{"name":1,"Name":2,"TYPE":null,"type":3,"Type":null}"#).unwrap(),
            json!({"name": 2, "type": 3})
        );
        assert_eq!(read("null").unwrap(), json!({}));
    }

    /// Anything else than an object or null is refused.
    #[test]
    fn only_an_object_is_an_object() {
        for text in ["[]", "1", "1.0", "\"x\"", "true"] {
            let error = from_str::<Object>(text).unwrap_err().to_string();
            assert!(error.contains("expected an object"), "{error}");
        }
    }
}
