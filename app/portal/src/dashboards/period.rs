//! Ranges of days: presets, fixed ranges, and the range before.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};
use lakeport_frame::{Format, Locale, Value};

use crate::text::{did_you_mean, list, shorten};

/// In forms and addresses: days of one's own, which without a first and a last are all there are.
pub(super) const OWN_DAYS: &str = "custom";

/// In addresses, behind days of one's own: the period they were taken over from.
pub(super) const LIKE: char = '~';

/// A range of days in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PeriodDefault {
    /// Relative to today.
    Preset(Preset),
    /// Always these days.
    Fixed(Period),
}

impl PeriodDefault {
    /// The range as of `today`.
    pub(super) fn on(self, today: NaiveDate) -> Period {
        match self {
            Self::Preset(preset) => preset.on(today),
            Self::Fixed(period) => period,
        }
    }
}

/// A day in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayDefault {
    /// So many days before today.
    DaysAgo(u32),
    /// A fixed day.
    Fixed(NaiveDate),
}

impl DayDefault {
    /// The day as of `today`.
    pub(super) fn on(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::DaysAgo(days) => today - Days::new(u64::from(days)),
            Self::Fixed(day) => day,
        }
    }
}

/// A range of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How it was chosen; `None` for fixed days.
    pub preset: Option<Preset>,
    /// Of fixed days: the period of the calendar they were taken over from, as which they go on being compared.
    pub like: Option<Preset>,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
}

/// A range relative to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// The seven days before today.
    Last7Days,
    /// The thirty days before today.
    Last30Days,
    /// The first of this month up to today.
    ThisMonth,
    /// The whole month before this one.
    LastMonth,
    /// The first day of this quarter up to today.
    ThisQuarter,
    /// The whole quarter before this one.
    LastQuarter,
    /// 1 January up to today.
    ThisYear,
    /// The whole year before this one.
    LastYear,
    /// No limit.
    All,
}

impl Preset {
    /// All of them, in the order in which a list shows them.
    pub const ALL: [Self; 9] = [
        Self::Last7Days,
        Self::Last30Days,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisQuarter,
        Self::LastQuarter,
        Self::ThisYear,
        Self::LastYear,
        Self::All,
    ];

    /// Its name in texts and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Last7Days => "last_7_days",
            Self::Last30Days => "last_30_days",
            Self::ThisMonth => "this_month",
            Self::LastMonth => "last_month",
            Self::ThisQuarter => "this_quarter",
            Self::LastQuarter => "last_quarter",
            Self::ThisYear => "this_year",
            Self::LastYear => "last_year",
            Self::All => "all",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Last7Days => "Last 7 days",
            Self::Last30Days => "Last 30 days",
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
            Self::ThisQuarter => "This quarter",
            Self::LastQuarter => "Last quarter",
            Self::ThisYear => "This year",
            Self::LastYear => "Last year",
            Self::All => "All time",
        }
    }

    /// The range as of `today`.
    pub fn on(self, today: NaiveDate) -> Period {
        let back = |days| today - Days::new(days);
        let first_of_month = back(u64::from(today.day0()));
        let first_of_quarter = first_of_month - Months::new(today.month0() % 3);
        let first_of_year = first_of_month - Months::new(today.month0());
        let (start, end) = match self {
            Self::Last7Days => (back(7), back(1)),
            Self::Last30Days => (back(30), back(1)),
            Self::ThisMonth => (first_of_month, today),
            Self::LastMonth => (first_of_month - Months::new(1), first_of_month - Days::new(1)),
            Self::ThisQuarter => (first_of_quarter, today),
            Self::LastQuarter => (first_of_quarter - Months::new(3), first_of_quarter - Days::new(1)),
            Self::ThisYear => (first_of_year, today),
            Self::LastYear => (first_of_year - Months::new(12), first_of_year - Days::new(1)),
            Self::All => return Period::unlimited(Some(self)),
        };
        Period { preset: Some(self), like: None, start, end }
    }

    /// How many months before a period of the calendar the one lies that it is compared with; 0 for other days.
    fn months_back(self) -> u32 {
        match self {
            Self::ThisMonth | Self::LastMonth => 1,
            Self::ThisQuarter | Self::LastQuarter => 3,
            Self::ThisYear | Self::LastYear => 12,
            Self::Last7Days | Self::Last30Days | Self::All => 0,
        }
    }

    /// True for days that a period of the calendar had once: on the last of them, or on the day behind it.
    fn once_had(self, start: NaiveDate, end: NaiveDate) -> bool {
        let mut had = [Some(end), end.succ_opt()].into_iter().flatten().map(|today| self.on(today));
        had.any(|period| (period.start, period.end) == (start, end))
    }
}

impl Period {
    /// All days: by the preset, or as days of one's own without a first and a last.
    pub fn unlimited(preset: Option<Preset>) -> Self {
        let start = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
        let end = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
        Self { preset, like: None, start, end }
    }

    /// Days of one's own; without a first or a last one, that end stays open.
    pub fn own(first: Option<NaiveDate>, last: Option<NaiveDate>) -> Self {
        let all = Self::unlimited(None);
        Self { start: first.unwrap_or(all.start), end: last.unwrap_or(all.end), ..all }
    }

    /// The same as days of one's own: what they are compared with stays.
    #[must_use]
    pub fn taken_over(self) -> Self {
        let like = self.preset.filter(|preset| preset.months_back() > 0).or(self.like);
        Self { preset: None, like, ..self }
    }

    /// What stands behind the days in an address: where they were taken over from.
    pub fn origin(self) -> String {
        self.like.map(|like| format!("{LIKE}{}", like.name())).unwrap_or_default()
    }

    /// First and last day; `None` for an end that is open.
    pub fn limits(self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let all = Self::unlimited(None);
        (Some(self.start).filter(|day| *day != all.start), Some(self.end).filter(|day| *day != all.end))
    }

    /// The same as the two fields of a form have it: empty for an end that is open.
    pub fn fields(self) -> (String, String) {
        let written = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let (first, last) = self.limits();
        (written(first), written(last))
    }

    /// The whole month, quarter or year of the calendar that these days are, as the last one of that kind.
    fn whole(self) -> Option<Preset> {
        let mut whole = [Preset::LastMonth, Preset::LastQuarter, Preset::LastYear].into_iter();
        whole.find(|preset| preset.once_had(self.start, self.end))
    }

    /// What it is compared with: of a period of the calendar the same part of the one before (this year so far: the same
    /// days last year; a whole month: the whole one before), of other days as many just before; `None` when an end of the
    /// range is open.
    pub fn previous(self) -> Option<Self> {
        let (Some(_), Some(_)) = self.limits() else { return None };
        let of_calendar = self.preset.or(self.like).filter(|preset| preset.months_back() > 0);
        let compared_as = of_calendar.or_else(|| self.whole());
        if let Some(months) = compared_as.map(Preset::months_back) {
            let start = self.start.checked_sub_months(Months::new(months))?;
            // A whole period before has its own length: February's last day is not the 28th of January.
            let is_whole =
                matches!(compared_as, Some(Preset::LastMonth | Preset::LastQuarter | Preset::LastYear));
            let end = if is_whole {
                self.start.pred_opt()?
            } else {
                self.end.checked_sub_months(Months::new(months))?
            };
            return Some(Self::own(Some(start), Some(end)));
        }
        let days = u64::try_from((self.end - self.start).num_days()).ok()? + 1;
        let start = self.start.checked_sub_days(Days::new(days))?;
        Some(Self::own(Some(start), Some(self.start.checked_sub_days(Days::new(1))?)))
    }

    /// The days that tell whether figures reach back to the beginning of what it is compared with: as many just before that
    /// as it has, and its first tenth.
    pub fn lead(self) -> Option<Self> {
        let before = self.previous()?;
        let days = u64::try_from((before.end - before.start).num_days()).ok()? + 1;
        let start = before.start.checked_sub_days(Days::new(days))?;
        let end = before.start.checked_add_days(Days::new(days.div_ceil(10) - 1))?;
        Some(Self::own(Some(start), Some(end)))
    }

    /// The range in words.
    pub fn text(self, locale: Locale) -> String {
        let day = |day| Format::Date.show(&Value::Date(day), locale);
        match self.limits() {
            (None, None) => Preset::All.label().to_owned(),
            (Some(first), None) => format!("{} to the newest day", day(first)),
            (None, Some(last)) => format!("The oldest day to {}", day(last)),
            (Some(first), Some(last)) if first == last => day(first),
            (Some(first), Some(last)) => format!("{} to {}", day(first), day(last)),
        }
    }
}

impl fmt::Display for Period {
    /// As in the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.preset, self.fields()) {
            (Some(preset), _) => f.write_str(preset.name()),
            (None, (first, last)) if first.is_empty() && last.is_empty() => f.write_str(OWN_DAYS),
            (None, (first, last)) => write!(f, "{first}..{last}{}", self.origin()),
        }
    }
}

/// Reads `last_month`, `2025-01-01..2025-12-31`, or one of these days with the other end open: `2025-01-01..`. Days may
/// say from which period they were taken over: `2025-01-01..2025-12-31~last_year`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(super) fn parse_period(text: &str) -> Result<PeriodDefault, String> {
    let text = text.trim();
    if let Some(preset) = Preset::ALL.into_iter().find(|preset| preset.name() == text) {
        return Ok(PeriodDefault::Preset(preset));
    }
    let Some((first, rest)) = text.split_once("..").filter(|_| text != "..") else {
        return Err(no_period(text));
    };
    let (last, origin) = rest.split_once(LIKE).map_or((rest, None), |(last, origin)| (last, Some(origin)));
    let limit = |day: &str| if day.is_empty() { Ok(None) } else { iso_day(day).map(Some) };
    let period = Period::own(limit(first)?, limit(last)?);
    let Period { start, end, .. } = period;
    if start > end {
        return Err(format!("the period {start}..{end} ends before it starts."));
    }
    let Some(origin) = origin else { return Ok(PeriodDefault::Fixed(period)) };
    let mut of_calendar = Preset::ALL.into_iter().filter(|preset| preset.months_back() > 0);
    let like = of_calendar.find(|preset| preset.name() == origin && preset.once_had(start, end));
    let like = like.ok_or_else(|| no_period(text))?;
    Ok(PeriodDefault::Fixed(Period { like: Some(like), ..period }))
}

fn no_period(text: &str) -> String {
    let names = || Preset::ALL.into_iter().map(Preset::name);
    format!(
        "\"{}\" is not a period.{} Allowed: {}, or days such as 2025-01-01..2025-12-31.",
        shorten(text),
        did_you_mean(text, names()),
        list(names())
    )
}

/// Reads `today`, `yesterday` or `2025-01-31`.
///
/// # Errors
/// A sentence that says what is allowed.
pub(super) fn parse_day(text: &str) -> Result<DayDefault, String> {
    match text.trim() {
        "today" => Ok(DayDefault::DaysAgo(0)),
        "yesterday" => Ok(DayDefault::DaysAgo(1)),
        other => iso_day(other).map(DayDefault::Fixed),
    }
}

fn iso_day(text: &str) -> Result<NaiveDate, String> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    match day {
        Some(day) if (1900..=2199).contains(&day.year()) => Ok(day),
        Some(day) => Err(format!("{day} is not between 1900 and 2199.")),
        None => Err(format!("\"{}\" is not a day; write it as 2025-01-31.", shorten(text))),
    }
}

#[cfg(test)]
mod tests {
    use lakeport_model::dashboards::FILTER_DAYS;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day in a test")
    }

    #[test]
    fn presets_lie_where_their_names_say() {
        let today = day("2026-05-17");
        let ranges: Vec<String> = Preset::ALL
            .into_iter()
            .map(|preset| preset.on(today))
            .map(|period| format!("{} {} {}", period, period.start, period.end))
            .collect();
        assert_eq!(
            ranges,
            [
                "last_7_days 2026-05-10 2026-05-16",
                "last_30_days 2026-04-17 2026-05-16",
                "this_month 2026-05-01 2026-05-17",
                "last_month 2026-04-01 2026-04-30",
                "this_quarter 2026-04-01 2026-05-17",
                "last_quarter 2026-01-01 2026-03-31",
                "this_year 2026-01-01 2026-05-17",
                "last_year 2025-01-01 2025-12-31",
                "all 1900-01-01 9999-12-31",
            ]
        );
    }

    #[test]
    fn the_period_before_has_as_many_days() {
        let period = Period::own(Some(day("2025-01-02")), Some(day("2025-12-31")));
        let previous = period.previous().expect("a limited period has one before it");
        assert_eq!(previous.to_string(), "2024-01-04..2025-01-01");
        assert_eq!(previous.text(Locale::En), "4 Jan 2024 to 1 Jan 2025");
        assert_eq!(Preset::All.on(day("2026-05-17")).previous(), None);
    }

    #[test]
    fn a_whole_year_or_month_is_never_compared_with_parts_of_two() {
        for (days, before) in [
            ("2024-01-01..2024-12-31", "2023-01-01..2023-12-31"),
            ("2025-01-01..2025-12-31", "2024-01-01..2024-12-31"),
            ("2024-04-01..2024-06-30", "2024-01-01..2024-03-31"),
            ("2024-03-01..2024-03-31", "2024-02-01..2024-02-29"),
            ("2024-02-01..2024-02-28", "2024-01-04..2024-01-31"),
            ("2024-01-01..2025-12-31", "2021-12-31..2023-12-31"),
        ] {
            let Ok(PeriodDefault::Fixed(period)) = parse_period(days) else { panic!("{days}") };
            let previous = period.previous().expect("a limited period has one before it");
            assert_eq!(previous.to_string(), before, "{days}");
            assert_eq!(period.taken_over().previous(), Some(previous));
        }
    }

    #[test]
    fn an_open_end_never_closes_and_is_said() {
        let said = |text: &str| {
            let Ok(PeriodDefault::Fixed(period)) = parse_period(text) else { panic!("{text}") };
            (period.to_string(), period.text(Locale::En), period.previous())
        };
        let told = |address: &str, words: &str| (address.to_owned(), words.to_owned(), None);
        assert_eq!(said("2026-03-15.."), told("2026-03-15..", "15 Mar 2026 to the newest day"));
        assert_eq!(said("..2026-03-15"), told("..2026-03-15", "The oldest day to 15 Mar 2026"));
        assert!(parse_period("..").is_err(), "without any day nothing was said");
    }

    #[test]
    fn this_year_is_never_compared_with_another_part_of_the_year() {
        let before = |preset: Preset| {
            let previous = preset.on(day("2026-05-31")).previous().expect("a limited period");
            format!("{} {}", previous.start, previous.end)
        };
        assert_eq!(before(Preset::ThisYear), "2025-01-01 2025-05-31");
        assert_eq!(before(Preset::ThisQuarter), "2026-01-01 2026-02-28");
        assert_eq!(before(Preset::ThisMonth), "2026-04-01 2026-04-30");
        assert_eq!(before(Preset::LastMonth), "2026-03-01 2026-03-31");
        assert_eq!(before(Preset::LastQuarter), "2025-10-01 2025-12-31");
        assert_eq!(before(Preset::LastYear), "2024-01-01 2024-12-31");
        assert_eq!(before(Preset::Last7Days), "2026-05-17 2026-05-23");
    }

    #[test]
    fn days_taken_over_from_a_period_are_never_compared_with_others_than_before() {
        for today in ["2026-01-10", "2026-03-31", "2026-05-01", "2026-05-08", "2026-11-30"] {
            for period in Preset::ALL.map(|preset| preset.on(day(today))) {
                let own = period.taken_over();
                assert_eq!((own.start, own.end), (period.start, period.end));
                assert_eq!(own.previous(), period.previous(), "{period} on {today}");
                assert_eq!(own.taken_over(), own);
                if period.preset != Some(Preset::All) {
                    assert_eq!(parse_period(&own.to_string()), Ok(PeriodDefault::Fixed(own)), "{own}");
                }
            }
        }
        let own = |preset: Preset| preset.on(day("2026-05-17")).taken_over().to_string();
        assert_eq!(own(Preset::ThisYear), "2026-01-01..2026-05-17~this_year");
        assert_eq!(own(Preset::Last7Days), "2026-05-10..2026-05-16", "other days are compared so anyway");
    }

    #[test]
    fn no_address_takes_days_over_from_a_period_that_never_had_them() {
        for text in [
            "2026-01-02..2026-05-17~this_year",
            "2026-04-01..2026-04-29~last_month",
            "2026-05-10..2026-05-16~last_7_days",
            "2026-01-01..~this_year",
            "..~all",
            "2026-01-01..2026-05-17~",
        ] {
            let said = parse_period(text).expect_err("no period");
            assert!(said.contains("is not a period"), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_no_period_is_said() {
        let wrong = |text: &str| parse_period(text).expect_err("no period");
        assert!(wrong("last_mnth").contains("Did you mean \"last_month\"?"));
        assert_eq!(wrong("2025-02-30..2025-03-01"), "\"2025-02-30\" is not a day; write it as 2025-01-31.");
        assert_eq!(
            wrong("2025-03-02..2025-03-01"),
            "the period 2025-03-02..2025-03-01 ends before it starts."
        );
        assert_eq!(wrong("0001-01-01..2025-03-01"), "0001-01-01 is not between 1900 and 2199.");
    }

    #[test]
    fn a_field_never_takes_a_year_half_typed_or_a_day_that_is_refused() {
        let (first, last) = (day(FILTER_DAYS.0), day(FILTER_DAYS.1));
        let is_taken = |day: NaiveDate| iso_day(&day.to_string()).is_ok();
        assert!(is_taken(first) && is_taken(last));
        assert!(!is_taken(first - Days::new(1)) && !is_taken(last + Days::new(1)));
        for half in ["0002-03-15", "0020-03-15", "0202-03-15"] {
            assert!(day(half) < first, "{half} is on its way to another day");
        }
    }
}
