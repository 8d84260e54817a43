//! What the name of a column says: words of English and German by which people call personal data.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use lakeport_model::catalog::Classification;
use lakeport_model::personal::PersonalData;

/// What columns are called, a line each: what they hold, and the words that say so, one after the other. With `=` before them
/// they say so only where the name has no others.
const SAID: &str = include_str!("names.tsv");

/// Words with which a name speaks of something else: how many there are, whether there is one, what was done with it, how it
/// is kept. What is left of the data is none, or cannot be read.
const OTHERWISE: &str = "anzahl avg brand bounced campaign category changed class clicked cnt code consent count counter \
    country delivered digest domain encrypted enabled event events flag format gebiet group has hash hashed hmac invalid \
    is kampagne kategorie key label language len length masked max md min model mode newsletter open opened opt optin \
    optout order orders parsed pct percent position provider pseudonym rank rate ratio region reminder required score sent \
    sha share source sprache started state status subscribed sum template test token total type typ valid verified version \
    weight widget";

/// How types begin that hold no such data, and those of whole numbers.
const NOTHING: &[&str] =
    &["bool", "float", "double", "real", "binary", "varbinary", "blob", "bytea", "interval", "geo"];
const WHOLE: &[&str] = &[
    "int",
    "bigint",
    "long",
    "short",
    "byte",
    "smallint",
    "tinyint",
    "mediumint",
    "number",
    "numeric",
    "decimal",
    "uint",
];

static OTHER: LazyLock<HashSet<&str>> = LazyLock::new(|| OTHERWISE.split_whitespace().collect());

/// The lines by their first word: every column of every table is looked at.
static PHRASES: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for (kind, said) in SAID.lines().filter_map(|line| line.split_once('\t')) {
        let Ok(kind) = kind.parse() else { continue };
        let words: Vec<&str> = said.trim_start_matches('=').split(' ').collect();
        if let Some(first) = words.first() {
            phrases.entry(*first).or_default().push(Phrase { kind, is_alone: said.starts_with('='), words });
        }
    }
    phrases
});

/// Words that say what a column holds.
struct Phrase {
    kind: PersonalData,
    words: Vec<&'static str>,
    /// Only where the name has no others.
    is_alone: bool,
}

impl Phrase {
    /// True where a name has these words at this place.
    fn stands(&self, name: &[String], at: usize) -> bool {
        let there = name.get(at..at + self.words.len()).is_some_and(|some| some == self.words);
        there && (!self.is_alone || name.len() == self.words.len())
    }
}

/// What the type of a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Whole,
    Moment,
    /// Nobody says what.
    Unknown,
    Nothing,
}

/// What a column seems to hold by its name and its type, and the words of the name that say so.
pub(super) fn suspected(name: &str, data_type: &str) -> Option<(PersonalData, String)> {
    let words = words(name);
    if words.iter().any(|word| OTHER.contains(word.as_str())) {
        return None;
    }
    let begun = |(at, word): (usize, &String)| {
        PHRASES.get(word.as_str()).into_iter().flatten().find(|phrase| phrase.stands(&words, at))
    };
    let phrase = words.iter().enumerate().find_map(begun)?;
    fits(phrase.kind, holds(data_type)).then(|| (phrase.kind, phrase.words.join(" ")))
}

/// How sensitive such data usually is. What identifies somebody for good, or opens an account, does most harm where it gets
/// out; people cannot change it.
pub(super) fn suggested(kind: PersonalData) -> Classification {
    match kind {
        PersonalData::BankAccount | PersonalData::BirthDate | PersonalData::Identifier => {
            Classification::Restricted
        }
        PersonalData::Email
        | PersonalData::Phone
        | PersonalData::Name
        | PersonalData::Address
        | PersonalData::Device
        | PersonalData::FreeText => Classification::Confidential,
    }
}

/// The words of a name: signs, digits and capital letters part them.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let is_after_small = before.is_some_and(|before| before.is_lowercase());
        // Of a run of capital letters the last one begins the word that goes on with small ones.
        let ends_a_run = before.is_some_and(|before| before.is_uppercase())
            && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if !letter.is_alphabetic() || (letter.is_uppercase() && (is_after_small || ends_a_run)) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphabetic()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn holds(data_type: &str) -> Holds {
    let data_type = data_type.trim().to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| data_type.contains(part));
    let begins = |parts: &[&str]| parts.iter().any(|part| data_type.starts_with(part));
    if has(&["char", "string", "text", "clob", "utf8", "json", "variant"]) {
        Holds::Text
    } else if begins(NOTHING) {
        Holds::Nothing
    } else if begins(WHOLE) {
        Holds::Whole
    } else if begins(&["date", "time"]) {
        Holds::Moment
    } else {
        Holds::Unknown
    }
}

/// True where a type can hold such data.
fn fits(kind: PersonalData, holds: Holds) -> bool {
    use PersonalData::{BankAccount, BirthDate, Device, Identifier, Phone};
    match holds {
        Holds::Text | Holds::Unknown => true,
        Holds::Whole => matches!(kind, Phone | BankAccount | Identifier | BirthDate | Device),
        Holds::Moment => kind == BirthDate,
        Holds::Nothing => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn kind(name: &str, data_type: &str) -> Option<PersonalData> {
        suspected(name, data_type).map(|(kind, _)| kind)
    }

    #[test]
    fn every_line_is_a_kind_and_small_words_once() {
        let mut seen = BTreeSet::new();
        for line in SAID.lines() {
            let (kind, phrase) = line.split_once('\t').unwrap_or_else(|| panic!("\"{line}\" has a tab"));
            assert!(kind.parse::<PersonalData>().is_ok(), "{line}");
            assert!(!phrase.is_empty() && phrase == phrase.to_lowercase(), "{line}");
            assert!(seen.insert(phrase), "{line} stands there twice");
            for word in phrase.trim_start_matches('=').split(' ') {
                assert!(!word.is_empty() && word.chars().all(char::is_alphabetic), "{line}");
                assert!(!OTHER.contains(word), "{line} is never reached");
            }
        }
    }

    #[test]
    fn names_of_both_languages_say_what_a_column_holds() {
        use PersonalData::{
            Address, BankAccount, BirthDate, Device, Email, FreeText, Identifier, Name, Phone,
        };
        for (name, expected) in [
            ("email", Email),
            ("customer_email", Email),
            ("EMailAddress", Email),
            ("IBANNumber", BankAccount),
            ("userIPAddress", Device),
            ("e_mail", Email),
            ("contactEmail2", Email),
            ("kunden_email", Email),
            ("mailadresse", Email),
            ("phone", Phone),
            ("phone_number", Phone),
            ("mobilePhone", Phone),
            ("telefon", Phone),
            ("telefonnummer", Phone),
            ("handynummer", Phone),
            ("iban", BankAccount),
            ("customer_iban", BankAccount),
            ("bank_account_number", BankAccount),
            ("kontonummer", BankAccount),
            ("birth_date", BirthDate),
            ("dateOfBirth", BirthDate),
            ("dob", BirthDate),
            ("geburtsdatum", BirthDate),
            ("age", BirthDate),
            ("first_name", Name),
            ("lastName", Name),
            ("customer_name", Name),
            ("vorname", Name),
            ("nachname", Name),
            ("ansprechpartner", Name),
            ("street", Address),
            ("strasse", Address),
            ("straße", Address),
            ("shipping_address", Address),
            ("anschrift", Address),
            ("passport_number", Identifier),
            ("tax_id", Identifier),
            ("steuernummer", Identifier),
            ("ssn", Identifier),
            ("credit_card_number", Identifier),
            ("ip_address", Device),
            ("client_ip", Device),
            ("customer_ip", Device),
            ("customerIP", Device),
            ("ip", Device),
            ("vorn", Name),
            ("KD_NACHN", Name),
            ("tel", Phone),
            ("tel_nr", Phone),
            ("kunde_plz", Address),
            ("device_id", Device),
            ("cookieId", Device),
            ("comment", FreeText),
            ("agent_notes", FreeText),
            ("bemerkung", FreeText),
            ("free_text", FreeText),
        ] {
            assert_eq!(kind(name, "string"), Some(expected), "{name}");
        }
    }

    #[test]
    fn names_that_only_speak_of_it_say_nothing() {
        for name in [
            "email_sent_count",
            "has_email",
            "is_phone_order",
            "email_campaign_id",
            "email_opened_at",
            "email_hash",
            "emailSha256",
            "masked_iban",
            "phone_country_code",
            "email_domain",
            "name",
            "product_name",
            "file_name",
            "domain_name",
            "street_count",
            "notes_count",
            "comment_count",
            "age_days",
            "page",
            "stage",
            "usage",
            "average",
            "address_id",
            "mailing_list",
            "note_id",
            "order_id",
            "customer_id",
            "zip",
            "zip_file",
            "ship",
            "tip",
            "ip_version",
            "equip",
            "membership",
            "telemetry",
            "hotel",
            "vornehm",
            "nachnahme",
            "plz_gebiet",
            "shipped_at",
            "recipe",
            "strip",
            "amount_eur",
            "",
            "___",
            "42",
        ] {
            assert_eq!(kind(name, "string"), None, "{name}");
        }
    }

    #[test]
    fn a_type_that_cannot_hold_it_says_no() {
        assert_eq!(kind("email", "boolean"), None);
        assert_eq!(kind("email", "bigint"), None);
        assert_eq!(kind("comment", "timestamp"), None);
        assert_eq!(kind("phone", "BIGINT"), Some(PersonalData::Phone));
        assert_eq!(kind("birth_date", "date"), Some(PersonalData::BirthDate));
        assert_eq!(kind("iban", "array<string>"), Some(PersonalData::BankAccount));
        assert_eq!(kind("email", ""), Some(PersonalData::Email));
        assert_eq!(kind("age", "short"), Some(PersonalData::BirthDate));
        assert_eq!(kind("device_id", "uuid"), Some(PersonalData::Device), "nobody knows what it holds");
    }

    #[test]
    fn the_words_that_say_it_are_told() {
        let said = |name: &str| suspected(name, "string").expect("it is suspected").1;
        assert_eq!((said("dateOfBirth"), said("age")), ("date of birth".to_owned(), "age".to_owned()));
    }
}
