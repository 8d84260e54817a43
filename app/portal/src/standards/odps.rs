//! Data products: Bitol's Open Data Product Standard, 0.9 to 1.1.

use super::FileErrors;
use super::bitol::{
    AuthoritativeDefinition, Context, CustomProperty, Description, StableId, Support, Synonym, Team,
    custom_text,
};
use super::read::{Edition, Reader};
use super::yaml::{self, Node};

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
    /// Who sees a product in the catalog; the custom property `visibility`.
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
        team: Option<Team> = "team",
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
    /// Reads a product from YAML (or JSON); `file` is only used in messages.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, FileErrors> {
        Self::from_node(file, &yaml::parse(file, text)?)
    }

    pub(crate) fn from_node(file: &str, node: &Node) -> Result<Self, FileErrors> {
        let minor = match node.get("apiVersion").and_then(Node::text) {
            Some("v1.0.0" | "v0.9.0") => 0,
            _ => 1,
        };
        Reader::new(file, Edition::Odps(minor)).finish(node)
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
    /// Id of the asset it reads (custom property `asset`).
    pub fn asset(&self) -> Option<&str> {
        custom_text(&self.custom_properties, "asset")
    }
}

impl OutputPort {
    /// Id of the asset it offers (custom property `asset`).
    pub fn asset(&self) -> Option<&str> {
        custom_text(&self.custom_properties, "asset")
    }
}

/// Members that 1.1 no longer requires.
fn require_until_1_0(keys: &[&str], node: &Node, reader: &mut Reader) {
    if reader.edition == Edition::Odps(0) {
        for key in keys.iter().filter(|key| node.get(key).is_none()) {
            reader.member_error(node, key, "This field is required until ODPS 1.0 and is missing.");
        }
    }
}

fn check_product(product: &DataProduct, node: &Node, reader: &mut Reader) {
    require_until_1_0(&["status"], node, reader);
    let visibility = |property: &&CustomProperty| property.property == "visibility";
    if let Some(property) = product.custom_properties.iter().find(visibility)
        && Visibility::ALL.iter().all(|value| property.value.as_str() != Some(value.as_str()))
    {
        let words: Vec<_> = Visibility::ALL.iter().map(|value| value.as_str()).collect();
        let message = format!("The property \"visibility\" is one of {}.", words.join(", "));
        reader.member_error(node, "customProperties", message);
    }
    let ports = node.get("outputPorts").map(Node::items).unwrap_or_default();
    for (index, port) in product.output_ports.iter().enumerate() {
        let same = |earlier: &OutputPort| earlier.name == port.name && earlier.version == port.version;
        if product.output_ports[..index].iter().any(same)
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

fn check_input(_: &InputPort, node: &Node, reader: &mut Reader) {
    require_until_1_0(&["version", "contractId"], node, reader);
}

fn check_output(_: &OutputPort, node: &Node, reader: &mut Reader) {
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
- property: visibility
  value: restricted
outputPorts:
- name: collections
  version: \"1.0.0\"
  contractId: collections
  customProperties:
  - property: asset
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
        assert_eq!(fields, ["customProperties", "outputPorts[1].name"]);
    }
}
