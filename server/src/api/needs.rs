//! What the description says of a call that a scope opens: who is sent away.

use std::collections::BTreeMap;
use std::fmt::Display;

use lakeport_model::Scope;
use utoipa::IntoResponses;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use super::caller::PUSHES;

macro_rules! needs {
    ($($scope:ident)*) => {$(
        /// 401 without a valid token, 403 with one that lacks this scope.
        pub(super) struct $scope;

        impl IntoResponses for $scope {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                sent_away(Scope::$scope)
            }
        }
    )*};
}

needs! { CatalogRead LineageRead LineageWrite AccessRead AccessWrite }

/// 401 without a valid token, 403 with one that carries no scope of a domain, or may not push what it pushes.
pub(super) struct Pushes;

impl IntoResponses for Pushes {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        sent_away(PUSHES)
    }
}

fn sent_away(scope: impl Display) -> BTreeMap<String, RefOr<Response>> {
    let problem = |description: String| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let response =
            ResponseBuilder::new().description(description).content("application/problem+json", content);
        RefOr::T(response.build())
    };
    BTreeMap::from([
        ("401".to_owned(), problem("No valid token".to_owned())),
        ("403".to_owned(), problem(format!("The token lacks {scope}"))),
    ])
}
