//! The schema part of a contract: objects, columns and their types.

use std::collections::BTreeSet;

use lakeport_model::catalog::MOST_COLUMNS;
use serde_json::Value;

use super::quality::QualityRule;
use super::reference::Relationship;
use super::types::{LogicalType, TypeOptions, check_options};
use super::{no_duplicates, refuse_members, require_members};
use crate::standards::Scalar;
use crate::standards::bitol::{
    AuthoritativeDefinition, Context, CustomProperty, StableId, Synonym, advise_name, custom_text,
};
use crate::standards::read::{Reader, too_many_columns};
use crate::standards::yaml::Node;

choice! {
    /// What a schema object is.
    pub enum ObjectType {
        /// Rows with columns.
        Object = "object",
        /// One opaque thing.
        Blob = "blob" [ODCS_3_2],
    }
}

choice! {
    /// What a column is to analysts.
    pub enum SemanticType {
        /// A plain column.
        Column = "column",
        /// Something to sum or average.
        Measure = "measure",
        /// Something to group by.
        Dimension = "dimension",
    }
}

record! {
    /// A table, topic, file or view.
    pub struct SchemaObject (check_object) closed {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Name.
        name: String = "name",
        /// What it is.
        logical_type: Option<ObjectType> = "logicalType",
        /// Name where it is stored; the asset's id in this portal.
        physical_name: Option<String> = "physicalName",
        /// `table`, `view`, `topic`, `file` or another word.
        physical_type: Option<String> = "physicalType",
        /// Name for people.
        business_name: Option<String> = "businessName",
        /// What it holds.
        description: Option<String> = "description",
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2],
        /// Other names.
        synonyms: Vec<Synonym> = "synonyms" [ODCS_3_2],
        /// What one row stands for.
        data_granularity_description: Option<String> = "dataGranularityDescription",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Guidance for assistants.
        context: Option<Context> = "context" [ODCS_3_2],
        /// Columns.
        properties: Vec<Property> = "properties",
        /// Keys over several columns.
        relationships: Vec<Relationship> = "relationships" [ODCS_3_1],
        /// Quality promises about the object as a whole.
        quality: Vec<QualityRule> = "quality",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

impl SchemaObject {
    /// Id of the asset this object describes: custom property `asset`, else physical name, else name.
    pub fn asset(&self) -> &str {
        custom_text(&self.custom_properties, "asset").or(self.physical_name.as_deref()).unwrap_or(&self.name)
    }

    /// The member that names that asset.
    pub fn asset_field(&self) -> &'static str {
        match (custom_text(&self.custom_properties, "asset"), &self.physical_name) {
            (Some(_), _) => "customProperties",
            (None, Some(_)) => "physicalName",
            (None, None) => "name",
        }
    }

    /// The columns of the primary key in order; empty when there is none.
    pub fn primary_key(&self) -> Vec<&Property> {
        let mut key: Vec<&Property> = self.properties.iter().filter(|p| p.is_primary_key()).collect();
        key.sort_by_key(|property| match property.primary_key_position {
            Some(position) if position > 0 => position,
            _ => i64::MAX,
        });
        key
    }
}

record! {
    /// A column, or something nested in one.
    pub struct Property (check_property) closed {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Name; the items of lists and maps have none.
        name: Option<String> = "name",
        /// True when it is part of the primary key.
        primary_key: Option<bool> = "primaryKey",
        /// Place in the primary key, from 1.
        primary_key_position: Option<i64> = "primaryKeyPosition",
        /// Name for people.
        business_name: Option<String> = "businessName",
        /// Type, independent of any engine.
        logical_type: Option<LogicalType> = "logicalType",
        /// What narrows the logical type.
        logical_type_options: Option<TypeOptions> = "logicalTypeOptions",
        /// Type in the engine.
        physical_type: Option<String> = "physicalType",
        /// Name in the engine.
        physical_name: Option<String> = "physicalName",
        /// True when the column is never empty.
        required: Option<bool> = "required",
        /// True when no value occurs twice.
        unique: Option<bool> = "unique",
        /// What it means.
        description: Option<String> = "description",
        /// What it is to analysts.
        semantic_type: Option<SemanticType> = "semanticType" [ODCS_3_2],
        /// True when it should no longer be used.
        deprecated: Option<bool> = "deprecated" [ODCS_3_2],
        /// Other names.
        synonyms: Vec<Synonym> = "synonyms" [ODCS_3_2],
        /// True when the data is partitioned by it.
        partitioned: Option<bool> = "partitioned",
        /// Place in the partition key, from 1.
        partition_key_position: Option<i64> = "partitionKeyPosition",
        /// `public`, `internal`, `confidential`, `restricted` or another word.
        classification: Option<String> = "classification",
        /// Name of the encrypted column beside it.
        encrypted_name: Option<String> = "encryptedName",
        /// True when errors in it hurt the business.
        critical_data_element: Option<bool> = "criticalDataElement",
        /// What it is computed from.
        transform_source_objects: Vec<String> = "transformSourceObjects",
        /// How it is computed.
        transform_logic: Option<String> = "transformLogic",
        /// How it is computed, in words.
        transform_description: Option<String> = "transformDescription",
        /// Examples of values.
        examples: Vec<Value> = "examples",
        /// The only values allowed.
        allowed: Option<Vec<EnumValue>> = "enum" [ODCS_3_2],
        /// Tags.
        tags: Vec<String> = "tags",
        /// What its values refer to.
        relationships: Vec<Relationship> = "relationships" [ODCS_3_1],
        /// Quality promises about it.
        quality: Vec<QualityRule> = "quality",
        /// Nested columns of an object.
        properties: Vec<Property> = "properties",
        /// Elements of a list.
        items: Option<Box<Property>> = "items",
        /// Keys and values of a map.
        map: Option<Box<MapTypes>> = "map" [ODCS_3_2],
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

impl Property {
    /// The name; empty for the items of lists and maps.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The column's name in the table.
    pub fn column(&self) -> &str {
        self.physical_name.as_deref().unwrap_or_else(|| self.name())
    }

    /// True when it is never empty.
    pub fn is_required(&self) -> bool {
        self.required == Some(true)
    }

    /// True when no value occurs twice.
    pub fn is_unique(&self) -> bool {
        self.unique == Some(true)
    }

    /// True when it is part of the primary key.
    pub fn is_primary_key(&self) -> bool {
        self.primary_key == Some(true)
    }
}

record! {
    /// Types of the two sides of a map.
    pub struct MapTypes {
        /// Keys.
        key: Property = "key",
        /// Values.
        value: Property = "value",
    }
}

record! {
    /// One value of a closed list.
    pub struct EnumValue {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// The value.
        value: Scalar = "value",
        /// Name for people.
        label: Option<String> = "label",
        /// What it means.
        description: Option<String> = "description",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

fn check_object(object: &SchemaObject, node: &Node, reader: &mut Reader) {
    advise_name(&object.custom_properties, "asset", node, reader);
    let columns = count(&object.properties);
    if columns > MOST_COLUMNS {
        reader.member_error(node, "properties", too_many_columns(columns));
        return;
    }
    no_duplicates(object.properties.iter().map(Property::name), "properties", "column", node, reader);
    require_names(&object.properties, node, reader);
    for (index, relationship) in object.relationships.iter().enumerate() {
        if relationship.from.is_none()
            && !reader.early
            && let Some(item) = node.get("relationships").and_then(|list| list.items().get(index))
        {
            reader.inside(&format!(".relationships[{index}]"), |reader| {
                require_members(&["from"], "for relationships of an object", item, reader);
            });
        }
    }
}

/// Columns with those nested in them.
fn count(properties: &[Property]) -> usize {
    properties.iter().map(|property| 1 + count(&property.properties)).sum()
}

/// Columns have a name; only the items of lists and maps have none.
fn require_names(properties: &[Property], node: &Node, reader: &mut Reader) {
    let items = node.get("properties").map(Node::items).unwrap_or_default();
    for (index, (property, item)) in properties.iter().zip(items).enumerate() {
        if property.name.is_none() {
            reader.inside(&format!(".properties[{index}]"), |reader| {
                require_members(&["name"], "for a column", item, reader);
            });
        }
    }
}

fn check_property(property: &Property, node: &Node, reader: &mut Reader) {
    let logical_type = property.logical_type;
    // A column that states no type may still be nested, but only a stated map has a map.
    let belongs = |wanted| match logical_type {
        None => wanted != LogicalType::Map,
        Some(have) => have == wanted,
    };
    for (key, wanted) in
        [("properties", LogicalType::Object), ("items", LogicalType::Array), ("map", LogicalType::Map)]
    {
        if !belongs(wanted) {
            refuse_members(&[key], &format!("unless logicalType is {wanted}"), node, reader);
        }
    }
    match logical_type {
        Some(LogicalType::Map) => require_members(&["map"], "for logicalType map", node, reader),
        Some(LogicalType::Vector) => {
            require_members(&["logicalTypeOptions"], "for logicalType vector", node, reader);
        }
        _ => {}
    }
    no_duplicates(property.properties.iter().map(Property::name), "properties", "column", node, reader);
    require_names(&property.properties, node, reader);
    if let (Some(options), Some(options_node)) =
        (&property.logical_type_options, node.get("logicalTypeOptions"))
    {
        reader.inside(".logicalTypeOptions", |reader| {
            check_options(logical_type, options, options_node, reader);
        });
    }
    if let Some(values) = &property.allowed {
        let mut seen = BTreeSet::new();
        if values.is_empty() || values.iter().any(|value| !seen.insert(value.value.value().to_string())) {
            reader.member_error(node, "enum", "The list names each allowed value once, and at least one.");
        }
    }
    let relationships = node.get("relationships").filter(|_| !reader.early);
    for (index, item) in relationships.map(Node::items).unwrap_or_default().iter().enumerate() {
        reader.inside(&format!(".relationships[{index}]"), |reader| {
            refuse_members(&["from"], "at a column, which speaks for itself", item, reader);
        });
    }
}
