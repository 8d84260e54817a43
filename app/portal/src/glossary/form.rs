//! What somebody writes field by field, as the term that a file would hold.

use lakeport_model::DomainId;
use lakeport_model::documents::LONGEST_DOCUMENT;
use lakeport_model::glossary::{MOST_LINKS, TermText};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{NAME, Sees};
use crate::catalog::{refuse_links, slug};
use crate::standards::FileError;
use crate::standards::mesh::{ApiVersion, Kind};
use crate::standards::term::{Term, asset_and_column};
use crate::text;
use crate::{Error, Result};

/// Longest id of a new term: it stands in addresses.
const LONGEST_ID: usize = 100;

/// What a term without a name is called while the rest of it is looked at: no id, and no name that anybody writes.
const NAMELESS: &str = "(nameless)";

/// The fields of the form, as those of a file are called.
const FIELDS: [&str; 7] = ["name", "definition", "synonyms", "related", "columns", "products", "domain"];

/// A line of a field, with its number.
type Line = (usize, String);

/// A field of the form, and what is wrong with it.
type Problem = (&'static str, String);

/// A term as somebody wrote it.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// The term.
    pub(super) term: Term,
    synonyms: Vec<Line>,
    related: Vec<Line>,
    columns: Vec<Line>,
    products: Vec<Line>,
    /// What is wrong with it, as far as it was looked at.
    problems: Vec<Problem>,
}

impl Form {
    /// Of what was written: for the term of this id, or for a new one, whose name says it.
    ///
    /// # Errors
    /// Refused where it is too long to be looked at.
    pub(super) fn of(id: Option<&str>, domain: &DomainId, written: &TermText) -> Result<Self> {
        let fields = [&written.synonyms, &written.related, &written.columns, &written.products];
        let fields = fields.into_iter().chain([&written.name, &written.definition]);
        if fields.map(String::len).sum::<usize>() > LONGEST_DOCUMENT {
            let message = format!("Keep all that you write under {} KiB.", LONGEST_DOCUMENT / 1024);
            return Err(Error::invalid("definition", message));
        }
        let missing = "Say which word this is about.";
        let name = text::required("name", "the name", &written.name, text::SHORT, missing);
        let named = name.and_then(|name| {
            let id = id.map_or_else(|| id_of(name), |id| Ok(id.to_owned()))?;
            Ok((name.to_owned(), id))
        });
        let mut problems = Vec::new();
        let (name, id) = named.unwrap_or_else(|error| {
            problems.push(("name", error.to_string()));
            // The other fields are looked at all the same.
            (NAMELESS.to_owned(), id.unwrap_or(NAMELESS).to_owned())
        });
        let definition = written.definition.replace("\r\n", "\n").replace('\r', "\n");
        let [synonyms, related, columns, products] =
            [&written.synonyms, &written.related, &written.columns, &written.products]
                .map(|text| lines(text));
        let listed = |lines: &[Line]| lines.iter().map(|(_, line)| line.clone()).collect();
        let term = Term {
            api_version: ApiVersion::V1,
            kind: Kind::Term,
            id,
            name,
            domain: domain.0.clone(),
            definition: format!("{}\n", definition.trim_matches('\n').trim_end()),
            synonyms: listed(&synonyms),
            related: listed(&related),
            columns: listed(&columns),
            products: listed(&products),
        };
        Ok(Self { term, synonyms, related, columns, products, problems })
    }

    /// The same as its file is read, with what is wrong where a file would be refused.
    pub(super) fn read(mut self) -> Self {
        let unseen = self.unseen();
        // A file that holds one of these cannot be read at all.
        let is_legible = unseen.is_empty();
        self.note(unseen);
        self.note(self.many());
        if is_legible {
            match self.readable() {
                Ok(term) => self.term = term,
                Err(found) => self.note(found),
            }
        }
        self
    }

    /// Takes down what is wrong, but for fields of which something else was said before.
    pub(super) fn note(&mut self, found: Vec<Problem>) {
        let is_known = |field: &str| self.problems.iter().any(|(known, _)| *known == field);
        let mut new: Vec<Problem> = found.into_iter().filter(|(field, _)| !is_known(field)).collect();
        self.problems.append(&mut new);
    }

    /// Refuses it where something is wrong, all of it at once.
    pub(super) fn refuse(&self) -> Result<()> {
        Error::where_invalid(self.problems.clone())
    }

    /// Marks that nobody sees, and those that no file holds as they are.
    fn unseen(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let Term { definition, synonyms, related, columns, products, .. } = &self.term;
        if let Some((before, letter)) = text::hidden_at(definition) {
            let line = definition.chars().take(before).filter(|letter| *letter == '\n').count() + 1;
            let message = format!("Line {line}: {}", text::hidden_sentence(letter));
            found.push(("definition", message));
        }
        let lists =
            [("synonyms", synonyms), ("related", related), ("columns", columns), ("products", products)];
        for (field, list) in lists {
            for (place, item) in list.iter().enumerate() {
                if let Some(letter) = text::hidden(item) {
                    found.push(self.problem(&format!("{field}[{place}]"), &text::hidden_sentence(letter)));
                }
            }
        }
        found
    }

    /// More links than anybody writes. What a file holds is not counted: hidden links are kept beside these.
    fn many(&self) -> Vec<Problem> {
        let Term { related, columns, products, .. } = &self.term;
        let lists = [("related", related), ("columns", columns), ("products", products)];
        let long = lists.into_iter().filter(|(_, list)| list.len() > MOST_LINKS);
        let said = |number| format!("There are {number} here; at most {MOST_LINKS} are taken.");
        long.map(|(field, list)| (field, said(list.len()))).collect()
    }

    /// The term as its file is read.
    fn readable(&self) -> std::result::Result<Term, Vec<Problem>> {
        let text = self.term.to_yaml();
        let told: Vec<FileError> = match Term::from_yaml(NAME, &text) {
            Err(errors) => errors.into_iter().collect(),
            Ok(read) => match refuse_links(NAME, &text, &read) {
                wrong if wrong.is_empty() => return Ok(read),
                wrong => wrong,
            },
        };
        Err(told.iter().map(|error| self.problem(&error.field, &error.message)).collect())
    }

    /// What it names and its author does not see: the same sentence for what is hidden and for what nobody has.
    pub(super) fn unknown(&self, sees: &Sees<'_>) -> Vec<Problem> {
        sees.unknown(&self.term).iter().map(|(field, message)| self.problem(field, message)).collect()
    }

    /// What is to be published in the place of another text: with all that this one links to and its author does not see, for
    /// they took none of it out. Links to what nobody has go. How many links it holds now is not asked: that would tell of
    /// those that are hidden.
    pub(super) fn in_place_of(&self, held: &Term, sees: &Sees<'_>) -> Term {
        let is_column = |link: &str| {
            let (asset, column) = asset_and_column(link);
            sees.column(asset, column)
        };
        let hides_column = |link: &str| {
            let (asset, column) = asset_and_column(link);
            sees.hides_column(asset, column)
        };
        let (term, hides_term) = (|id: &str| sees.term(id), |id: &str| sees.hides_term(id));
        let (product, hides_product) = (|id: &str| sees.product(id), |id: &str| sees.hides_product(id));
        Term {
            related: kept(&self.term.related, &held.related, term, hides_term),
            columns: kept(&self.term.columns, &held.columns, is_column, hides_column),
            products: kept(&self.term.products, &held.products, product, hides_product),
            ..self.term.clone()
        }
    }

    /// What is wrong with a field, as the form shows it: one of its lines with the number of that line.
    fn problem(&self, field: &str, message: &str) -> Problem {
        let item = field.strip_suffix(']').and_then(|field| field.split_once('['));
        let (field, place) =
            item.map_or((field, None), |(field, place)| (field, place.parse::<usize>().ok()));
        let lines = match field {
            "synonyms" => self.synonyms.as_slice(),
            "related" => self.related.as_slice(),
            "columns" => self.columns.as_slice(),
            "products" => self.products.as_slice(),
            _ => &[],
        };
        let line = place.and_then(|place| lines.get(place)).map(|(number, _)| *number);
        // Its id is made of its name.
        let field = FIELDS.into_iter().find(|known| *known == field).unwrap_or("name");
        (field, line.map_or_else(|| message.to_owned(), |line| format!("Line {line}: {message}")))
    }
}

/// What stands in a field of several lines, without blank ones.
fn lines(text: &str) -> Vec<Line> {
    let lines = text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty());
    lines.map(|(line, number)| (number, line.to_owned())).collect()
}

/// Links as they are written, with those of before that are hidden from their author; in the order of before, where those that
/// the author sees did not change.
fn kept(
    written: &[String],
    held: &[String],
    sees: impl Fn(&str) -> bool,
    hides: impl Fn(&str) -> bool,
) -> Vec<String> {
    if held.iter().filter(|link| sees(link)).eq(written) {
        return held.iter().filter(|link| sees(link) || hides(link)).cloned().collect();
    }
    written.iter().chain(held.iter().filter(|link| hides(link))).cloned().collect()
}

/// The id of a new term, made of its name: letters without their accents, with single dashes between words.
fn id_of(name: &str) -> Result<String> {
    let letters = name.replace(['\u{df}', '\u{1e9e}'], "ss");
    let letters: String = letters.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    let slug = slug(&letters);
    let words = slug.split('-').map(|word| word.trim_matches(['.', '_'])).filter(|word| !word.is_empty());
    let mut id = words.collect::<Vec<_>>().join("-");
    // Nothing but letters of ASCII is left.
    id.truncate(LONGEST_ID);
    let id = id.trim_end_matches(['-', '.', '_']);
    if id.is_empty() {
        let message =
            "Give it a name with a letter from a to z or a digit in it: its address is made of them.";
        return Err(Error::invalid("name", message));
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::mesh::is_id;

    fn form(written: &TermText) -> Result<Form> {
        let form = Form::of(None, &"finance".into(), written)?.read();
        form.refuse()?;
        Ok(form)
    }

    fn dunning() -> TermText {
        TermText {
            name: " Dunning ".to_owned(),
            definition: "Reminding of a **debt**\r\n\r\n- once\r\n".to_owned(),
            synonyms: "Mahnung\r\n\r\n payment reminder \r\n".to_owned(),
            ..TermText::default()
        }
    }

    #[test]
    fn what_is_written_is_the_term_of_a_file() {
        let term = form(&dunning()).expect("it is right").term;
        assert_eq!(
            (term.id.as_str(), term.name.as_str(), term.domain.as_str()),
            ("dunning", "Dunning", "finance")
        );
        assert_eq!(term.definition, "Reminding of a **debt**\n\n- once\n");
        assert_eq!(term.synonyms, ["Mahnung", "payment reminder"]);
    }

    #[test]
    fn a_refusal_names_the_field_and_its_line() {
        let told = |change: fn(&mut TermText)| {
            let mut written = dunning();
            change(&mut written);
            match form(&written) {
                Err(Error::Refused(refusal)) => (refusal.field.unwrap_or_default(), refusal.message),
                other => panic!("a refusal was expected, not {other:?}"),
            }
        };
        assert_eq!(told(|text| text.name = " ".to_owned()).1, "Say which word this is about.");
        assert_eq!(told(|text| text.name = "\u{58f2}\u{4e0a}".to_owned()).0, "name");
        assert_eq!(told(|text| text.definition = "\n".to_owned()).0, "definition");
        let (field, message) = told(|text| text.synonyms = "a\n\nb\nA\n".to_owned());
        assert_eq!((field, message.as_str()), ("synonyms", "Line 4: \"A\" stands in this list before."));
        let (field, message) = told(|text| text.synonyms = "Mahnung\nDUNNING\n".to_owned());
        assert_eq!(
            (field, message.as_str()),
            ("synonyms", "Line 2: This is the name of the term itself; take it out.")
        );
        let (field, message) = told(|text| text.related = "dunning".to_owned());
        assert_eq!(
            (field, message.as_str()),
            ("related", "Line 1: This is the term itself; name another one.")
        );
        let (field, message) = told(|text| text.definition = "a\n\n[b](javascript:c)".to_owned());
        assert!(
            field == "definition" && message.starts_with("Line 3 of the definition: The link"),
            "{message}"
        );
        let (field, message) = told(|text| text.definition = "a\nb\u{202e}c".to_owned());
        assert!(field == "definition" && message.starts_with("Line 2: This holds U+202E"), "{message}");
        assert_eq!(told(|text| text.synonyms = "a\u{1}b".to_owned()).0, "synonyms");
        assert_eq!(told(|text| text.columns = "x.\u{200b}y".to_owned()).0, "columns");
        assert_eq!(told(|text| text.products = "x\n".repeat(LONGEST_DOCUMENT)).0, "definition");
        let (field, message) = told(|text| text.products = "x\n".repeat(MOST_LINKS + 1));
        assert_eq!((field, message.as_str()), ("products", "There are 101 here; at most 100 are taken."));
    }

    #[test]
    fn all_mistakes_are_told_at_once_each_at_its_field() {
        let written = TermText {
            name: " ".to_owned(),
            definition: "\n".to_owned(),
            synonyms: "a\nA\na\n".to_owned(),
            products: "x\n".repeat(MOST_LINKS + 1),
            ..TermText::default()
        };
        let Err(Error::Refused(refusal)) = form(&written) else { panic!("it is refused") };
        assert_eq!(refusal.field, Some("name"));
        let others: Vec<(&str, &str)> =
            refusal.others.iter().map(|(field, said)| (*field, said.as_str())).collect();
        let twice = "Line 2: \"A\" stands in this list before. Line 3: \"a\" stands in this list before.";
        assert_eq!(others.len(), 3, "{others:?}");
        for told in [
            ("definition", "Say what it means: this is what people read."),
            ("synonyms", twice),
            ("products", "There are 101 here; at most 100 are taken."),
        ] {
            assert!(others.contains(&told), "{others:?}");
        }
    }

    #[test]
    fn an_id_is_made_of_any_name_with_a_letter_in_it() {
        for (name, id) in [
            ("Dunning", "dunning"),
            ("\u{dc}berf\u{e4}lligkeit", "uberfalligkeit"),
            ("Gro\u{df} & Klein / B2B", "gross-klein-b2b"),
            (" .hidden. ", "hidden"),
            ("Days sales outstanding (DSO)", "days-sales-outstanding-dso"),
        ] {
            assert_eq!(id_of(name).expect(name), id);
            assert!(is_id(id), "{id}");
        }
        assert!(id_of(&"x".repeat(200)).expect("it is cut").len() == LONGEST_ID);
        assert!(id_of("\u{58f2}\u{4e0a}").is_err());
    }

    #[test]
    fn what_an_author_does_not_see_stays() {
        let list = |links: &[&str]| links.iter().map(|link| (*link).to_owned()).collect::<Vec<_>>();
        let (sees, hides) = (|link: &str| link.len() == 1, |link: &str| link == "hidden");
        let held = list(&["a", "hidden", "b"]);
        assert_eq!(kept(&list(&["a", "b"]), &held, sees, hides), held);
        assert_eq!(kept(&list(&["a"]), &held, sees, hides), list(&["a", "hidden"]));
        assert_eq!(kept(&[], &held, sees, hides), list(&["hidden"]));
        assert_eq!(kept(&list(&["c"]), &[], sees, hides), list(&["c"]));
        let held = list(&["a", "gone", "hidden", "b"]);
        assert_eq!(
            kept(&list(&["a", "b"]), &held, sees, hides),
            list(&["a", "hidden", "b"]),
            "what nobody has goes"
        );
        assert_eq!(kept(&list(&["b"]), &held, sees, hides), list(&["b", "hidden"]));
    }
}
