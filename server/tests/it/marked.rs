//! A small company in which every name, sentence and value is a word of its own, so that a page that tells one is caught.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use lakeport_model::access::GrantLine;
use lakeport_model::catalog::{Classification, Visibility};
use lakeport_model::people::Viewer;
use lakeport_portal::catalog::SourceFile;
use lakeport_portal::policy::{Action, Held, Opening, SeeProduct, SeeProductDetails, Values, decide};

use crate::lake::Told;

/// How deep a word lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Whoever knows that the thing exists reads it.
    Existence,
    /// Whoever sees its details.
    Details,
    /// Whoever reads its data.
    Values,
}

/// A product with all that belongs to it: a table, a contract, a dashboard, lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) key: &'static str,
    pub(crate) visibility: Visibility,
    /// It is another one by now: everything is called anew but for the ids.
    pub(crate) renamed: bool,
}

/// Who owns all of it.
pub(crate) const DOMAIN: &str = "vault";

/// Of what, what, and how deep: every word that is not an id.
const WORDS: [(&str, Depth); 30] = [
    ("product name", Depth::Existence),
    ("asset name", Depth::Existence),
    ("purpose", Depth::Details),
    ("limitations", Depth::Details),
    ("usage", Depth::Details),
    ("product tag", Depth::Details),
    ("input port", Depth::Details),
    ("port description", Depth::Details),
    ("asset description", Depth::Details),
    ("asset tag", Depth::Details),
    ("platform", Depth::Details),
    ("column", Depth::Details),
    ("column description", Depth::Details),
    ("column tag", Depth::Details),
    ("undescribed column", Depth::Details),
    ("comment", Depth::Details),
    ("partition", Depth::Details),
    ("contract name", Depth::Details),
    ("terms", Depth::Details),
    ("object", Depth::Details),
    ("object description", Depth::Details),
    ("promise", Depth::Details),
    ("rule", Depth::Details),
    ("team", Depth::Details),
    ("dashboard title", Depth::Details),
    ("dashboard description", Depth::Details),
    ("dashboard text", Depth::Details),
    ("table title", Depth::Values),
    ("cell", Depth::Values),
    ("figure", Depth::Values),
];

/// Its ids, which stay when it is called anew.
const IDS: [(&str, Depth); 5] = [
    ("product id", Depth::Existence),
    ("port", Depth::Existence),
    ("asset id", Depth::Existence),
    ("contract id", Depth::Details),
    ("dashboard id", Depth::Details),
];

/// Jobs that use its table and open ones. Their names tell that it exists.
const JOBS: [&str; 3] = ["job into it", "job out of it", "job past it"];

/// A word that stands nowhere else.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) word: String,
    pub(crate) of: Thing,
    pub(crate) what: &'static str,
    pub(crate) depth: Depth,
}

/// A word of twelve letters, the same for the same.
fn word(of: &str, what: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (of, what).hash(&mut hasher);
    let mut rest = hasher.finish();
    let mut word = "zq".to_owned();
    for _ in 0..10 {
        word.push(char::from(b'a' + u8::try_from(rest % 26).expect("one of 26")));
        rest /= 26;
    }
    word
}

impl Thing {
    /// The word that it is called by, or described with.
    pub(crate) fn word(&self, what: &str) -> String {
        let is_id = IDS.iter().any(|(id, _)| *id == what) || JOBS.contains(&what);
        word(
            &if self.renamed && !is_id { format!("{} renamed", self.key) } else { self.key.to_owned() },
            what,
        )
    }

    pub(crate) fn product(&self) -> String {
        self.word("product id")
    }

    pub(crate) fn port(&self) -> String {
        format!("{}/{}", self.product(), self.word("port"))
    }

    pub(crate) fn asset(&self) -> String {
        format!("gold.{}", self.word("asset id"))
    }

    pub(crate) fn classification(&self) -> Classification {
        match self.visibility {
            Visibility::Open => Classification::Internal,
            Visibility::Restricted | Visibility::Private => Classification::Confidential,
        }
    }

    pub(crate) fn marks(&self) -> Vec<Mark> {
        // Lineage is told of what is hidden: it runs between open things.
        let jobs = JOBS.iter().filter(|_| self.visibility != Visibility::Open);
        let jobs = jobs.map(|job| (*job, Depth::Existence));
        let all = WORDS.into_iter().chain(IDS).chain(jobs);
        all.map(|(what, depth)| Mark { word: self.word(what), of: *self, what, depth }).collect()
    }

    /// What the lake tells of its table.
    pub(crate) fn told(&self) -> Told {
        Told {
            cells: ["column", "undescribed column"].map(|what| (self.word(what), self.word("cell"))).to_vec(),
            comment: self.word("comment"),
            partition: self.word("partition"),
            figure: self.word("figure"),
            ..Told::default()
        }
    }

    /// The files that describe it. Its dashboard also reads the table of `other`.
    pub(crate) fn files(&self, other: Option<&Self>) -> Vec<SourceFile> {
        let m = |what: &str| self.word(what);
        let (key, asset, class) = (self.key, self.asset(), self.classification());
        let visibility = match self.visibility {
            Visibility::Open => "open",
            Visibility::Restricted => "restricted",
            Visibility::Private => "private",
        };
        let version = if self.renamed { "2.0.0" } else { "1.0.0" };
        let assets = format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: {DOMAIN}\nnamespace: lakehouse\nassets:\n\
             - {{id: {asset}, name: {}, kind: table, layer: gold, description: {}, location: {key}, platform: {}, \
             tags: [{}], classification: {class}, columns: [{{name: {}, type: string, description: {}, tags: [{}]}}]}}\n\
             - {{id: {}, kind: dashboard, namespace: lakeport, description: {}}}\n",
            m("asset name"),
            m("asset description"),
            m("platform"),
            m("asset tag"),
            m("column"),
            m("column description"),
            m("column tag"),
            m("dashboard id"),
            m("dashboard description"),
        );
        let product = format!(
            "apiVersion: v1.0.0\nkind: DataProduct\nid: {}\nname: {}\nversion: 1.0.0\nstatus: active\n\
             domain: {DOMAIN}\ndescription: {{purpose: {}, limitations: {}, usage: {}}}\ntags: [{}]\n\
             customProperties:\n- {{property: visibility, value: {visibility}}}\n\
             inputPorts:\n- {{name: {}, version: 1.0.0, contractId: nothing}}\n\
             outputPorts:\n- name: {}\n  description: {}\n  version: 1.0.0\n  contractId: {}\n  \
             customProperties:\n  - {{property: asset, value: {asset}}}\n",
            m("product id"),
            m("product name"),
            m("purpose"),
            m("limitations"),
            m("usage"),
            m("product tag"),
            m("input port"),
            m("port"),
            m("port description"),
            m("contract id"),
        );
        let contract = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: {}\nname: {}\nversion: {version}\nstatus: active\n\
             domain: {DOMAIN}\ndescription: {{purpose: {}}}\nschema:\n- name: {}\n  physicalName: {asset}\n  \
             description: {}\n  properties:\n  - {{name: {}, logicalType: string, required: true, description: {}}}\n  \
             quality:\n  - {{type: sql, query: 'SELECT count(*) FROM ${{table}}', mustBe: 0, description: {}}}\n\
             team: {{name: Team, members: [{{username: a@b.example, name: {}, role: owner}}]}}\n",
            m("contract id"),
            m("contract name"),
            m("terms"),
            m("object"),
            m("object description"),
            m("column"),
            m("promise"),
            m("rule"),
            m("team"),
        );
        let others = other.map(|other| format!(", {}", other.asset())).unwrap_or_default();
        let second = other.map(Self::asset).map(|table| {
            format!("```sql second\nSELECT * FROM {table}\n```\n```dataframe\n{{data: second, title: Second}}\n```\n")
        });
        let dashboard = format!(
            "---\ntitle: {}\nowner: a@b.example\ndomain: {DOMAIN}\nproduct: {}\ndescription: {}\n\
             reads: [{asset}{others}]\n---\n\n{}\n\n\
             ```selectbox pick\n{{label: Pick, options: {{column: {asset}.{}}}, empty: All}}\n```\n\
             ```sql rows\nSELECT {} FROM {asset} WHERE $pick = ''\n```\n\
             ```dataframe\n{{data: rows, title: {}, download: [csv]}}\n```\n{}",
            m("dashboard title"),
            m("product id"),
            m("dashboard description"),
            m("dashboard text"),
            m("column"),
            m("column"),
            m("table title"),
            second.unwrap_or_default(),
        );
        [
            (format!("assets/{key}.yaml"), assets),
            (format!("products/{key}.odps.yaml"), product),
            (format!("contracts/{key}-{version}.odcs.yaml"), contract),
            (format!("dashboards/{}.md", m("dashboard id")), dashboard),
        ]
        .map(|(path, text)| SourceFile { path, text })
        .into()
    }

    /// Lineage between its table and two open ones.
    pub(crate) fn lineage(&self, from: &Self, to: &Self) -> SourceFile {
        let event = |job: &str, inputs: &[&Self], outputs: &[&Self]| {
            let named = |things: &[&Self]| {
                let dataset = |thing: &&Self| {
                    format!(r#"{{"namespace":"lakehouse","name":"{}"}}"#, thing.word("asset name"))
                };
                things.iter().map(dataset).collect::<Vec<_>>().join(",")
            };
            format!(
                r#"{{"eventTime":"2026-11-03T05:00:00Z","eventType":"COMPLETE","producer":"p","schemaURL":"s","run":{{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"}},"job":{{"namespace":"etl","name":"{}"}},"inputs":[{}],"outputs":[{}]}}"#,
                self.word(job),
                named(inputs),
                named(outputs)
            )
        };
        let [into, out, past] = JOBS;
        let lines =
            [event(into, &[from], &[self]), event(out, &[self], &[to]), event(past, &[from, self], &[to])];
        SourceFile { path: format!("lineage/{}.jsonl", self.key), text: lines.join("\n") }
    }
}

/// The people and their domains.
pub(crate) fn people() -> Vec<SourceFile> {
    let person = |name: &str| format!("- {{email: {name}@nordkauf.example, name: {name}}}\n");
    let people: String = ["olga", "milo", "mona", "nora", "carl"].map(person).concat();
    let domain = |id: &str, members: &str| SourceFile {
        path: format!("domains/{id}.yaml"),
        text: format!(
            "apiVersion: lakeport/v1\nkind: Domain\nid: {id}\nname: {id}\ndescription: A domain\nmembers: [{members}]\n"
        ),
    };
    vec![
        SourceFile {
            path: "people.yaml".to_owned(),
            text: format!(
                "apiVersion: lakeport/v1\nkind: People\npeople:\n\
                 - {{email: ada@nordkauf.example, name: ada, administrator: true}}\n{people}"
            ),
        },
        domain(
            DOMAIN,
            "{email: olga@nordkauf.example, role: owner}, {email: mona@nordkauf.example, role: member}",
        ),
        domain("field", "{email: milo@nordkauf.example, role: member}"),
    ]
}

/// Somebody, and what the policy answers to them.
pub(crate) struct Reader {
    pub(crate) viewer: Viewer,
    /// The grants that hold.
    pub(crate) grants: Vec<GrantLine>,
}

impl Reader {
    fn grants_on(&self, thing: &Thing) -> impl Iterator<Item = &GrantLine> {
        self.grants.iter().filter(|grant| grant.is_live() && grant.product.as_str() == thing.product())
    }

    /// The policy's own answer: may this person see the thing at this depth?
    pub(crate) fn may(&self, thing: &Thing, depth: Depth) -> bool {
        let (visibility, domain) = (thing.visibility, DOMAIN.into());
        let granted = self.grants_on(thing).next().is_some();
        // The domain has an owner: nobody of another answers for it.
        let answers = false;
        let action = match depth {
            Depth::Existence => Action::SeeProduct(SeeProduct { visibility, domain, granted, answers }),
            Depth::Details => {
                Action::SeeProductDetails(SeeProductDetails { visibility, domain, granted, answers })
            }
            Depth::Values => {
                let held = |grant: &GrantLine| Held {
                    standing: grant.standing,
                    classification: thing.classification(),
                    until: grant.ends_on,
                    opens: Opening::whole(),
                };
                Action::ReadValues(Values {
                    domain,
                    classification: thing.classification(),
                    public_columns: Some(Vec::new()),
                    seen_in_full: self.may(thing, Depth::Details),
                    grants: self.grants_on(thing).map(held).collect(),
                })
            }
        };
        decide(&self.viewer, &action).allowed
    }
}
