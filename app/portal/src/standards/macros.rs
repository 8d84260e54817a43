//! [`record!`] and [`choice!`]: a model of a standard, declared once.

/// Declares a mapping of a standard: struct, reader and printer.
///
/// `(check)` behind the name runs a function `fn(&Self, &Node, &mut Reader)` on what was read;
/// `..rest` at the end keeps members that are not known instead of refusing them; `closed` refuses them in the early
/// editions too.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(($check:path))? $($closed:ident)? {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty = $key:literal $([$since:ident])? ),* $(,)?
            $(..$rest:ident)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
        $vis struct $name {
            $(
                $(#[$field_meta])*
                #[serde(rename = $key, skip_serializing_if = "crate::standards::read::Blank::is_blank")]
                pub $field: $type,
            )*
            $(
                /// Members beyond those the standard names.
                #[serde(flatten)]
                pub $rest: std::collections::BTreeMap<String, serde_json::Value>,
            )?
        }

        impl $crate::standards::read::Blank for $name {}

        impl $crate::standards::read::Read for $name {
            fn read(
                node: &$crate::standards::yaml::Node,
                reader: &mut $crate::standards::read::Reader,
            ) -> Option<Self> {
                const KNOWN: &[(&str, $crate::standards::read::Since)] =
                    &[$(($key, record!(@since $($since)?))),*];
                let entries = reader.members(node, KNOWN, record!(@shape $($closed)? $($rest)?))?;
                $( let $field = reader.member_since::<$type>(node, $key, record!(@since $($since)?)); )*
                $(
                    let $rest = entries
                        .iter()
                        .filter(|entry| KNOWN.iter().all(|(name, _)| *name != entry.key))
                        .map(|entry| (entry.key.clone(), entry.value.value()))
                        .collect();
                )?
                let _ = entries;
                let value = Self { $( $field: $field?, )* $( $rest, )? };
                $( $check(&value, node, reader); )?
                Some(value)
            }
        }
    };
    (@since) => { $crate::standards::read::Since::ALWAYS };
    (@since $since:ident) => { $crate::standards::read::Since::$since };
    (@shape) => { $crate::standards::read::Shape::Usual };
    (@shape closed) => { $crate::standards::read::Shape::Closed };
    (@shape $rest:ident) => { $crate::standards::read::Shape::Open };
}

/// Declares a closed list of words.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal $([$since:ident])? ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $name { $( $(#[$variant_meta])* $variant, )* }

        impl $name {
            /// Every value, in the order of the standard.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word the standard uses.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::standards::read::Blank for $name {}

        impl $crate::standards::read::Read for $name {
            fn read(
                node: &$crate::standards::yaml::Node,
                reader: &mut $crate::standards::read::Reader,
            ) -> Option<Self> {
                reader.choice(node, &[$((Self::$variant, $word, record!(@since $($since)?))),*])
            }
        }
    };
}
