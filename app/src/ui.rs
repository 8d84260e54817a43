//! The components pages are made of.

mod badge;
mod browser;
mod copy;
mod form;
mod icon;
mod keys;
mod page;
mod parts;
mod slice;
mod table;
mod time;

pub(crate) use badge::{Badge, CheckBadge, ClassificationBadge, LayerBadge, Tone, check_tone};
#[cfg(feature = "hydrate")]
pub(crate) use browser::leave;
pub(crate) use browser::{Stay, by_id, is_checkbox, is_typing, listen, on_enter_island, single_keys_on};
pub(crate) use copy::CopyButton;
#[cfg(feature = "ssr")]
pub(crate) use form::{FROM, READER, Sent};
pub(crate) use form::{
    Field, FieldError, Form, FormState, Reader, Refusal, TextArea, TextField, area_text, refused,
};
pub(crate) use icon::{Glyph, Icon, asset_glyph, hit_glyph};
pub(crate) use keys::SingleKeys;
#[cfg(feature = "ssr")]
pub(crate) use page::{
    ASSETS_CHANGED, ASSETS_SAME, CERTIFIED, DECERTIFIED, FOLLOWED, PERSONAL_CONFIRMED, PERSONAL_DISMISSED,
    PERSONAL_RESTORED, PROPOSAL_ACCEPTED, PROPOSAL_DECLINED, PROPOSAL_WITHDRAWN, RESTORED, RETIRED,
    UNFOLLOWED,
};
pub(crate) use page::{Done, Failure, PROPOSED, PUBLISHED, PageHead, answer_with, load};
pub(crate) use parts::{
    Confirm, Empty, Fact, Hidden, NotCarriedOut, Notice, Paragraphs, SearchBar, Tabs, counted, cut, number,
    size,
};
pub(crate) use slice::{ROWS, Slice};
pub(crate) use table::{Column, Table, cell_class};
pub(crate) use time::{Day, Moment, Now, RealTime, day_words, moment_words, written_day};
