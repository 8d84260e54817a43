//! Ids of what happens in the portal.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// A new id of something that happens at `at`, by the clock that counts for it. Later ones of this process are greater,
/// also those of the same moment.
pub fn new_id(at: DateTime<Utc>) -> Uuid {
    static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&CONTEXT, seconds, at.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn ids_have_the_time_of_their_clock_and_never_fall() {
        let at = DateTime::from_timestamp(4_000_000_000, 0).expect("a moment");
        let ids: Vec<Uuid> = (0..100).map(|more| new_id(at + TimeDelta::milliseconds(more / 10))).collect();
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
        let time = ids[0].get_timestamp().expect("version 7 has one").to_unix();
        assert_eq!(time.0, 4_000_000_000);
        assert!(new_id(at - TimeDelta::days(1)) > ids[99], "a clock that was put back");
    }
}
