//! Badges: a state or a quality in a word, never in colour alone.

use lakeport_model::catalog::{Classification, Layer};
use lakeport_model::contracts::CheckState;
use leptos::prelude::*;

/// How a state is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Ok,
    /// Wants attention.
    Warn,
    /// Broken, refused, ended.
    Bad,
    /// In progress, or simply a fact.
    Accent,
    /// Nothing to say.
    Idle,
}

impl Tone {
    /// The class of a badge.
    pub(crate) fn badge(self) -> &'static str {
        match self {
            Self::Ok => "badge badge-ok",
            Self::Warn => "badge badge-warn",
            Self::Bad => "badge badge-bad",
            Self::Accent => "badge badge-accent",
            Self::Idle => "badge",
        }
    }

    /// How drawings mark it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Accent | Self::Idle => "idle",
        }
    }

    /// The class of a state dot.
    pub(crate) fn dot(self) -> &'static str {
        match self {
            Self::Ok => "dot-ok",
            Self::Warn => "dot-warn",
            Self::Bad => "dot-bad",
            Self::Accent | Self::Idle => "dot-idle",
        }
    }
}

/// A state in a word or two.
#[component]
pub(crate) fn Badge(
    /// How it is to be taken.
    tone: Tone,
    /// The words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <span class=tone.badge()>{text}</span> }
}

/// The layer of a table.
#[component]
pub(crate) fn LayerBadge(
    /// The layer.
    layer: Layer,
) -> impl IntoView {
    let class = match layer {
        Layer::Bronze => "badge badge-layer-bronze",
        Layer::Silver => "badge badge-layer-silver",
        Layer::Gold => "badge badge-layer-gold",
    };
    view! { <span class=class>{layer.as_str()}</span> }
}

/// How sensitive something is.
#[component]
pub(crate) fn ClassificationBadge(
    /// The classification.
    classification: Classification,
) -> impl IntoView {
    let class = match classification {
        Classification::Public => "badge badge-class-public",
        Classification::Internal => "badge badge-class-internal",
        Classification::Confidential => "badge badge-class-confidential",
        Classification::Restricted => "badge badge-class-restricted",
    };
    view! { <span class=class>{classification.as_str()}</span> }
}

/// The state of a contract's checks.
#[component]
pub(crate) fn CheckBadge(
    /// The state.
    state: CheckState,
) -> impl IntoView {
    let tone = check_tone(state);
    view! {
        <span class="cluster flex-nowrap">
            <span class=tone.dot()></span>
            {state.label()}
        </span>
    }
}

/// How the state of a check is to be taken.
pub(crate) fn check_tone(state: CheckState) -> Tone {
    match state {
        CheckState::Kept => Tone::Ok,
        CheckState::Broken => Tone::Bad,
        CheckState::Unchecked | CheckState::Warned | CheckState::Withdrawn => Tone::Warn,
        CheckState::Never | CheckState::Stated | CheckState::Untold => Tone::Idle,
    }
}
