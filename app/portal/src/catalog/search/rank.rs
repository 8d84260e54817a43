//! What weighs how much: every figure that decides which hit stands before which.

use lakeport_model::catalog::{HitKind, Layer};

use super::facts::Shape;

/// More than all that its words can weigh: what is called exactly so comes first, however often others mention it.
pub(super) const WHOLE: f32 = 8_192.0;

/// A word of the name, beside how rare the word is.
pub(super) const NAME: f32 = 4.0;
/// A word of the name in another form, beside how rare it is.
pub(super) const NAME_STEM: f32 = 3.0;
/// A beginning of a word of the name.
pub(super) const NAME_BEGINS: f32 = 3.0;
/// A beginning of a tag, or of the name of the domain, of the platform or of somebody who answers for it.
pub(super) const TAG_BEGINS: f32 = 1.5;
/// A beginning of a word of a column's name.
pub(super) const COLUMN_BEGINS: f32 = 1.5;
/// A word of a description, by its English stem, beside how rare it is.
pub(super) const TEXT: f32 = 1.0;
/// A word of any text by its German stem, beside how rare it is. English words have one, too: a little more for each.
pub(super) const GERMAN: f32 = 0.4;
/// A word of the name with one typing error.
pub(super) const MISTYPED: f32 = 0.5;
/// A long word of the name with two; only where few hits fit as it was typed.
pub(super) const MISTYPED_TWICE: f32 = 0.3;

/// Hits that are enough: with fewer, what fits only some of the words is shown below them.
pub(super) const FEW: usize = 5;

/// What each notion of a question adds beside its score where it fits well, and the score from which half of that is added:
/// what fits several notions a little stands above what fits one of them often.
const NOTION: f32 = 4.0;
const HALF: f32 = 2.0;
/// What fits a word of a question by its name, where nothing else of it may be known.
pub(super) const NAMED: f32 = 20.0;

/// In such a question, what the glossary calls by another name weighs less than the word itself.
pub(super) const SYNONYM: f32 = 0.8;
/// So does what the list of German words says.
pub(super) const TRANSLATED: f32 = 0.8;
/// A part of a word that is written together and of which the rest is not known.
pub(super) const PART: f32 = 0.4;
/// What a term of the question links to.
pub(super) const LINKED: f32 = 8.0;

/// How much a hit's score counts by what it is, not by what was typed: small factors that order what fits alike.
pub(super) fn factor(shape: &Shape) -> f32 {
    kind(shape.kind) * layer(shape.layer) * promised(shape.is_promised)
}

fn kind(kind: HitKind) -> f32 {
    match kind {
        // What one asks for stands before the tables behind it.
        HitKind::Product => 1.4,
        // It answers without a query.
        HitKind::Dashboard => 1.05,
        HitKind::Table | HitKind::Model | HitKind::App | HitKind::File => 1.0,
        // What few people can use: where data comes from, and how it is moved.
        HitKind::Source => 0.85,
        HitKind::Topic | HitKind::Job => 0.8,
    }
}

fn layer(layer: Option<Layer>) -> f32 {
    match layer {
        // Made for a use.
        Some(Layer::Gold) => 1.1,
        // Cleaned and conformed.
        Some(Layer::Silver) => 1.08,
        None => 1.0,
        // As it arrived.
        Some(Layer::Bronze) => 0.9,
    }
}

/// Somebody promises under a contract how it is and stays.
fn promised(is_promised: bool) -> f32 {
    if is_promised { 1.05 } else { 1.0 }
}

/// Somebody answers for it by name, until a day. It counts only where the viewer sees the hit in full: nobody learns it by the
/// order of names.
pub(super) fn certified(is_certified: bool) -> f32 {
    if is_certified { 1.1 } else { 1.0 }
}

/// What a notion of a question adds to a hit that fits it so well.
pub(super) fn notion(score: f32) -> f32 {
    let score = score.max(0.0);
    score + NOTION * score / (score + HALF)
}

/// The score of a hit that fits only some of what was asked: below each that fits all, in the same order.
pub(super) fn below(score: f32) -> f32 {
    -1.0 / (1.0 + score.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(kind: HitKind, layer: Option<Layer>, is_promised: bool) -> Shape {
        Shape {
            kind,
            domain: 0,
            layer,
            classification: None,
            is_promised,
            class: None,
            retired_on: None,
            certified_until: None,
        }
    }

    #[test]
    fn what_fits_alike_is_ordered_by_what_people_can_use() {
        let order = [
            shape(HitKind::Product, None, true),
            shape(HitKind::Product, None, false),
            shape(HitKind::Table, Some(Layer::Gold), true),
            shape(HitKind::Table, Some(Layer::Silver), true),
            shape(HitKind::Table, Some(Layer::Silver), false),
            shape(HitKind::Table, None, false),
            shape(HitKind::Table, Some(Layer::Bronze), false),
            shape(HitKind::Topic, None, false),
        ];
        assert!(order.iter().map(factor).is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn a_factor_never_lifts_what_mentions_a_name_above_what_is_called_so() {
        // Twelve words, each in all fields of a large catalog, where a rare word weighs up to 25.
        let most =
            12.0 * (25.0 * (NAME + NAME_STEM + TEXT + GERMAN) + NAME_BEGINS + TAG_BEGINS + COLUMN_BEGINS);
        let least = factor(&shape(HitKind::Topic, None, false)) * WHOLE;
        let highest = factor(&shape(HitKind::Product, None, true)) * certified(true);
        assert!(least > most * highest, "{least} {most}");
    }

    #[test]
    fn what_is_certified_stands_before_what_fits_alike_and_is_not() {
        let table = factor(&shape(HitKind::Table, Some(Layer::Gold), false));
        assert!(table * certified(true) > factor(&shape(HitKind::Table, Some(Layer::Gold), true)));
        assert!(certified(false) < certified(true));
    }

    #[test]
    fn what_fits_only_some_words_stands_below_what_fits_all_in_its_own_order() {
        assert!([0.01, 0.0].iter().all(|above| *above > below(1_000.0)));
        assert!([40.0, 8.0, 0.5, 0.0].map(below).is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn what_fits_more_notions_stands_above_what_fits_one_of_them_more_often() {
        let all = |scores: &[f32]| scores.iter().copied().map(notion).sum::<f32>();
        assert!(all(&[3.0, 3.0, 3.0]) > all(&[12.0]));
        assert!(all(&[2.0, 5.0]) > all(&[8.0]));
        assert!(all(&[0.5, 8.0]) < all(&[12.0]), "a typing error alone is no notion");
        assert!([0.0, 0.5, 3.0, 40.0].map(notion).is_sorted_by(|a, b| a < b));
    }
}
