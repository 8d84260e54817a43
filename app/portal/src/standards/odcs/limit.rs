//! What the measured value of a quality rule is compared with.

use std::fmt;

use lakeport_frame::Exact;
use serde::Serialize;
use serde_json::{Number, Value};

use crate::standards::read::{Read, Reader};
use crate::standards::yaml::{Content, Node};

/// A number with all the digits its author wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Limit {
    number: Number,
    #[serde(skip)]
    exact: Option<Exact>,
}

impl Limit {
    /// The number; `None` where it has more digits than can be compared.
    pub fn exact(&self) -> Option<&Exact> {
        self.exact.as_ref()
    }

    fn of(node: &Node) -> Option<Self> {
        let Content::Number(number) = &node.content else { return None };
        let exact = node.digits().and_then(|digits| Exact::parse(&digits));
        Some(Self { number: number.clone(), exact })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.exact {
            Some(exact) => f.write_str(&exact.plain()),
            None => self.number.fmt(f),
        }
    }
}

impl Read for Limit {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let limit = Self::of(node);
        if limit.is_none() {
            reader.expected(node, "a number");
        }
        limit
    }
}

/// What the measured value equals or differs from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Expected {
    /// A number.
    Number(Limit),
    /// Anything else: no measured value is that.
    Other(Value),
}

impl Expected {
    /// True for zero, however it is written.
    pub fn is_zero(&self) -> bool {
        self.limit().and_then(Limit::exact).is_some_and(Exact::is_zero)
    }

    /// The number, where it is one.
    pub fn limit(&self) -> Option<&Limit> {
        match self {
            Self::Number(limit) => Some(limit),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(limit) => limit.fmt(f),
            Self::Other(value) => value.fmt(f),
        }
    }
}

impl Read for Expected {
    fn read(node: &Node, _: &mut Reader) -> Option<Self> {
        Some(Limit::of(node).map_or_else(|| Self::Other(node.value()), Self::Number))
    }
}
