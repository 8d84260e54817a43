//! What happens without a person being asked: jobs, commands, ingest. Each of these rules is applied in one place of its
//! own, which a test watches; the proof that it was is made there.

use super::Authorized;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident { $($(#[$about:meta])* $case:ident = $name:literal),+ $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $rule {
                $($(#[$about])* $case,)+
            }

            impl $rule {
                /// Its name, for the audit.
                #[must_use]
                pub const fn name(self) -> &'static str {
                    match self {
                        $(Self::$case => $name,)+
                    }
                }

                /// The proof that it applies.
                #[must_use]
                pub fn proof(self) -> Authorized<Self> {
                    Authorized::new(self.name(), None)
                }
            }
        )*
    };
}

rules! {
    /// Whoever runs the portal may do what its commands do.
    Operator {
        /// A command is given where the portal runs.
        Command = "operator",
    }
    /// Access to public data is nobody's to decide.
    PublicData {
        /// It was asked for.
        Granted = "request.public_data",
    }
    /// Nobody holds the same access twice.
    Renewal {
        /// A new grant takes the place of an older one.
        TakesPlace = "grant.renewed",
    }
    /// What the policy does about a grant when nobody answers.
    NoAnswer {
        /// It ends.
        Revoke = "review.no_answer_revoke",
        /// Its next cycle begins.
        Keep = "review.no_answer_keep",
    }
    /// Nobody inherits what they did not approve.
    DataChanged {
        /// The data belongs to another domain now.
        Moved = "review.data_moved",
        /// The data is more sensitive than it was.
        MoreSensitive = "review.data_more_sensitive",
    }
    /// A grant ends by its date.
    LastDay {
        /// Its last day has passed.
        Over = "grant.last_day_over",
    }
    /// Decisions are brought to the systems that deliver data.
    Delivery {
        /// It was tried.
        Tried = "grant.delivery",
    }
    /// A token ends by its date.
    TokenExpiry {
        /// Its last moment has passed.
        Over = "token.expired",
    }
    /// Whom the issuer names is known here.
    SignIn {
        /// Was known by this identity.
        Known = "sign_in.known",
        /// Was registered before, by a verified address.
        Linked = "sign_in.linked_by_verified_email",
        /// Is new.
        Registered = "sign_in.registered",
    }
    /// Who is an administrator is written in files.
    Administrators {
        /// The configuration names the address.
        Configured = "administrators.configuration",
        /// The configuration does not.
        NotNamed = "administrators.not_named",
    }
    /// A contract is checked once a day.
    DailyChecks {
        /// A day is over.
        DayOver = "checks.daily",
    }
    /// Whose token has the scope sends lineage events.
    TakeEvents {
        /// The senders were looked at.
        Scope = "lineage.write_scope",
    }
}
