//! Data products: Bitol's Open Data Product Standard, 0.9 to 1.1.

use std::collections::HashSet;

use super::bitol::{
    AuthoritativeDefinition, Context, CustomProperty, Description, OURS, StableId, Support, Synonym,
    TeamOrMembers, advise_name, custom_text,
};
use super::read::{Edition, Reader, suggestion};
use super::seen::seen;
use super::yaml::{self, Node};
use super::{FileError, FileErrors};

choice! {
    /// The version of the standard a product follows.
    #[derive(Default)]
    pub enum ApiVersion {
        /// 1.1.0, the version this portal writes.
        #[default]
        V1_1_0 = "v1.1.0",
        /// 1.0.0
        V1_0_0 = "v1.0.0",
        /// 0.9.0
        V0_9_0 = "v0.9.0",
    }
}

choice! {
    /// The kind of document.
    #[derive(Default)]
    pub enum Kind {
        /// A data product.
        #[default]
        DataProduct = "DataProduct",
    }
}

choice! {
    /// Who sees a product in the catalog; the custom property `lakeport.visibility`.
    #[derive(Default)]
    pub enum Visibility {
        /// Everybody sees it.
        #[default]
        Open = "open",
        /// Everybody sees that it exists, its domain sees more.
        Restricted = "restricted",
        /// Only its domain sees it.
        Private = "private",
    }
}

record! {
    /// A data product: what a domain offers, and what it consumes.
    pub struct DataProduct (check_product) {
        /// Version of the standard.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// Identifier; stays the same over all versions.
        id: String = "id",
        /// Name for people.
        name: Option<String> = "name",
        /// Version of the product.
        version: Option<String> = "version",
        /// `proposed`, `draft`, `active`, `deprecated`, `retired` or another word; required until ODPS 1.0.
        status: Option<String> = "status",
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2_ODPS_1_1],
        /// Domain that offers it.
        domain: Option<String> = "domain",
        /// `sourceAligned`, `aggregate`, `consumerAligned` or another word.
        product_type: Option<String> = "type" [ODCS_3_2_ODPS_1_1],
        /// Organization.
        tenant: Option<String> = "tenant",
        /// Purpose, limitations and usage.
        description: Option<Description> = "description",
        /// Other names.
        synonyms: Vec<Synonym> = "synonyms" [ODCS_3_2_ODPS_1_1],
        /// Guidance for assistants.
        context: Option<Context> = "context" [ODCS_3_2_ODPS_1_1],
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Tags.
        tags: Vec<String> = "tags",
        /// What it consumes.
        input_ports: Vec<InputPort> = "inputPorts",
        /// What it offers.
        output_ports: Vec<OutputPort> = "outputPorts",
        /// Where it is managed.
        management_ports: Vec<ManagementPort> = "managementPorts",
        /// Where one gets help.
        support: Vec<Support> = "support",
        /// Who answers for it.
        team: Option<TeamOrMembers> = "team",
        /// When the product was made (ISO 8601).
        product_created_ts: Option<String> = "productCreatedTs",
    }
}

record! {
    /// Something the product consumes.
    pub struct InputPort (check_input) {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// Name.
        name: String = "name",
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2_ODPS_1_1],
        /// Version of the port; required until ODPS 1.0.
        version: Option<String> = "version",
        /// Contract it relies on; required until ODPS 1.0.
        contract_id: Option<String> = "contractId",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
    }
}

record! {
    /// Something the product offers.
    pub struct OutputPort (check_output) {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// Name.
        name: String = "name",
        /// What it holds.
        description: Option<String> = "description",
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2_ODPS_1_1],
        /// Kind of port, such as `tables`.
        port_type: Option<String> = "type",
        /// Version of the port; required until ODPS 1.0. Name and version together are its key.
        version: Option<String> = "version",
        /// Contract it keeps.
        contract_id: Option<String> = "contractId",
        /// Bills of materials of its software.
        sbom: Vec<Sbom> = "sbom",
        /// Contracts its content depends on.
        input_contracts: Vec<InputContract> = "inputContracts",
        /// Other names.
        synonyms: Vec<Synonym> = "synonyms" [ODCS_3_2_ODPS_1_1],
        /// Guidance for assistants.
        context: Option<Context> = "context" [ODCS_3_2_ODPS_1_1],
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
    }
}

record! {
    /// A bill of materials.
    pub struct Sbom (check_sbom) {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// Kind; `external` when not said.
        sbom_type: Option<String> = "type",
        /// Where it is; required until ODPS 1.0.
        url: Option<String> = "url",
        /// Tags.
        tags: Vec<String> = "tags" [ODPS_1_1],
    }
}

record! {
    /// A contract the content of a port depends on.
    pub struct InputContract {
        /// Id of the contract.
        id: String = "id",
        /// Its version.
        version: String = "version",
    }
}

record! {
    /// A place from which the product is managed.
    pub struct ManagementPort {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// Name.
        name: String = "name",
        /// `discoverability`, `observability`, `control`, `dictionary` or another word.
        content: String = "content",
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2_ODPS_1_1],
        /// `rest` or `topic`.
        port_type: Option<String> = "type",
        /// Address.
        url: Option<String> = "url",
        /// Channel.
        channel: Option<String> = "channel",
        /// What it is for.
        description: Option<String> = "description",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
    }
}

impl DataProduct {
    /// Reads a product that is held, from YAML (or JSON); `file` is only used in messages. Marks that nobody sees are no
    /// reason to show nothing of it.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, FileErrors> {
        Self::held(file, &yaml::parse(file, text)?).map(|(product, _)| product)
    }

    /// Reads a product that comes in, with what the standard allows and is still worth a look.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn read(file: &str, text: &str) -> Result<(Self, Vec<FileError>), FileErrors> {
        Self::from_node(file, &yaml::parse(file, text)?)
    }

    pub(crate) fn from_node(file: &str, node: &Node) -> Result<(Self, Vec<FileError>), FileErrors> {
        seen(file, node, Self::held(file, node))
    }

    fn held(file: &str, node: &Node) -> Result<(Self, Vec<FileError>), FileErrors> {
        let version = node.get("apiVersion").and_then(Node::text);
        let minor = u8::from(!matches!(version, Some("v1.0.0" | "v0.9.0")));
        let mut reader = Reader::new(file, Edition::Odps(minor));
        reader.early = version == Some("v0.9.0");
        reader.finish_with_advice(node)
    }

    /// Prints the product in the order of the standard.
    pub fn to_yaml(&self) -> String {
        yaml::print(self)
    }

    /// Who sees the product.
    pub fn visibility(&self) -> Visibility {
        let word = custom_text(&self.custom_properties, "visibility");
        Visibility::ALL.iter().copied().find(|value| Some(value.as_str()) == word).unwrap_or_default()
    }
}

impl InputPort {
    /// Id of the asset it reads (custom property `lakeport.asset`).
    pub fn asset(&self) -> Option<&str> {
        custom_text(&self.custom_properties, "asset")
    }
}

impl OutputPort {
    /// Id of the asset it offers (custom property `lakeport.asset`).
    pub fn asset(&self) -> Option<&str> {
        custom_text(&self.custom_properties, "asset")
    }
}

/// Members that 1.1 no longer requires.
fn require_until_1_0(keys: &[&str], node: &Node, reader: &mut Reader) {
    if reader.edition == Edition::Odps(0) && !reader.early {
        for key in keys.iter().filter(|key| node.get(key).is_none()) {
            reader.member_error(node, key, "This field is required until ODPS 1.0 and is missing.");
        }
    }
}

/// The words for a status that the standard names; it allows others.
const STATUSES: [&str; 5] = ["proposed", "draft", "active", "deprecated", "retired"];

fn check_product(product: &DataProduct, node: &Node, reader: &mut Reader) {
    require_until_1_0(&["status"], node, reader);
    if let Some(word) = product.status.as_deref().filter(|word| !STATUSES.contains(word)) {
        let hint = suggestion(word, &STATUSES);
        reader.advise_member(
            node,
            "status",
            format!("The standard does not name the status \"{word}\". {hint}"),
        );
    }
    visibility(product, node, reader);
    let ports = node.get("outputPorts").map(Node::items).unwrap_or_default();
    let mut keys = HashSet::new();
    for (index, port) in product.output_ports.iter().enumerate() {
        if !keys.insert((&port.name, &port.version))
            && let Some(item) = ports.get(index)
        {
            reader.inside(&format!(".outputPorts[{index}].name"), |reader| {
                let at = item.get("name").map_or(item.at, |name| name.at);
                reader.error(
                    at,
                    "An output port before it has the same name and version; together they are its key.",
                );
            });
        }
    }
}

/// Our own property is one of our words. The bare name may be anybody's: it counts where it is one of them, and is left
/// alone where it is not.
fn visibility(product: &DataProduct, node: &Node, reader: &mut Reader) {
    let known = |property: &CustomProperty| {
        let word = property.value.as_ref().and_then(serde_json::Value::as_str);
        Visibility::ALL.iter().any(|value| Some(value.as_str()) == word)
    };
    let ours = format!("{OURS}visibility");
    let items = node.get("customProperties").map(Node::items).unwrap_or_default();
    for (index, (property, item)) in product.custom_properties.iter().zip(items).enumerate() {
        if property.property.as_deref() == Some(&ours) && !known(property) {
            let words: Vec<_> = Visibility::ALL.iter().map(|value| value.as_str()).collect();
            let message = format!("The property \"{ours}\" is one of {}.", words.join(", "));
            reader.inside(&format!(".customProperties[{index}]"), |reader| {
                reader.member_error(item, "value", message);
            });
        }
    }
    let bare = |property: &&CustomProperty| property.property.as_deref() == Some("visibility");
    if product.custom_properties.iter().find(bare).is_some_and(known) {
        advise_name(&product.custom_properties, "visibility", node, reader);
    }
}

fn check_input(port: &InputPort, node: &Node, reader: &mut Reader) {
    advise_name(&port.custom_properties, "asset", node, reader);
    require_until_1_0(&["version", "contractId"], node, reader);
}

fn check_output(port: &OutputPort, node: &Node, reader: &mut Reader) {
    advise_name(&port.custom_properties, "asset", node, reader);
    require_until_1_0(&["version"], node, reader);
}

fn check_sbom(_: &Sbom, node: &Node, reader: &mut Reader) {
    require_until_1_0(&["url"], node, reader);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: collections
domain: controlling
customProperties:
- property: lakeport.visibility
  value: restricted
outputPorts:
- name: collections
  version: \"1.0.0\"
  contractId: collections
  customProperties:
  - property: lakeport.asset
    value: gold.collections
";

    #[test]
    fn a_small_product_reads_and_prints() {
        let product = DataProduct::from_yaml("p.yaml", SMALL).expect("is valid");
        assert_eq!(product.visibility(), Visibility::Restricted);
        assert_eq!(product.output_ports[0].asset(), Some("gold.collections"));
        assert_eq!(product.to_yaml(), SMALL);
    }

    #[test]
    fn a_field_of_1_1_is_refused_in_1_0() {
        let text = SMALL.replace("v1.1.0", "v1.0.0").replace("id: coll", "type: aggregate\nid: coll");
        let errors = DataProduct::from_yaml("p.yaml", &text).expect_err("1.0 has no type and needs a status");
        let told = errors.to_string();
        assert!(told.contains("p.yaml:3:1: type: This field came with ODPS 1.1"), "{told}");
        assert!(told.contains("status: This field is required until ODPS 1.0"), "{told}");
    }

    #[test]
    fn wrong_visibility_and_a_port_twice_are_refused() {
        let port = "- name: collections\n  version: 1.0.0\n";
        let text = format!("{}{port}", SMALL.replace("value: restricted", "value: secret"));
        let errors = DataProduct::from_yaml("p.yaml", &text).expect_err("two mistakes");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["customProperties[0].value", "outputPorts[1].name"]);
    }

    #[test]
    fn a_status_that_the_standard_does_not_name_is_taken_with_advice() {
        let with = |word: &str| SMALL.replace("domain:", &format!("status: {word}\ndomain:"));
        let (product, advice) = DataProduct::read("p.yaml", &with("aktive")).expect("it is no error");
        assert_eq!(product.status.as_deref(), Some("aktive"));
        let told: Vec<String> = advice.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "p.yaml:4:1: status: The standard does not name the status \"aktive\". Did you mean \"active\"? \
                 Known here: proposed, draft, active, deprecated, retired."
            ]
        );
        for word in STATUSES {
            let (_, advice) = DataProduct::read("p.yaml", &with(word)).expect("it is named");
            assert!(advice.is_empty(), "{advice:?}");
        }
    }

    #[test]
    fn a_foreign_custom_property_never_refuses_a_product() {
        let text = SMALL.replace("lakeport.visibility\n  value: restricted", "visibility\n  value: internal");
        let (product, advice) = DataProduct::read("p.yaml", &text).expect("the namespace is free");
        assert_eq!((product.visibility(), advice.len()), (Visibility::Open, 0));
        let text = SMALL.replace("lakeport.", "");
        let (product, advice) = DataProduct::read("p.yaml", &text).expect("the old names are read");
        assert_eq!(product.visibility(), Visibility::Restricted);
        assert_eq!(product.output_ports[0].asset(), Some("gold.collections"));
        let told: Vec<String> = advice.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("p.yaml:6:3: customProperties[0].property: Write \"lakeport.visibility\""),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn what_the_editions_allow_is_never_refused() {
        let early =
            "apiVersion: v0.9.0\nkind: DataProduct\nid: p\nteam:\n- {name: A, role: owner}\nfree: [1]\n";
        DataProduct::from_yaml("p.yaml", early).expect("0.9 leaves all of it open");
        let newest = SMALL.replace(
            "  contractId: collections\n",
            "  contractId: collections\n  sbom:\n  - {url: 'https://x.example', tags: [a]}\n",
        );
        let newest = newest.replace("  value: restricted\n", "  value: restricted\n  vendor: lakeport\n");
        let product = DataProduct::from_yaml("p.yaml", &newest).expect("1.1 has both");
        assert_eq!(product.output_ports[0].sbom[0].tags, ["a"]);
        let list = SMALL.replace("domain: controlling\n", "domain: controlling\nteam: [{username: a}]\n");
        DataProduct::from_yaml("p.yaml", &list).expect_err("since 1.0 the team is a mapping");
    }
}
