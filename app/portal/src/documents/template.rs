//! The text with which a new product begins.

use lakeport_model::DomainId;

/// A product of this domain without what only its author can say.
pub(super) fn product(domain: &DomainId) -> String {
    // A domain's id may read as a number or hold a colon: in JSON's quotes YAML takes it as it is.
    let domain = serde_json::Value::from(domain.as_str());
    format!(
        r#"apiVersion: v1.1.0
kind: DataProduct
# Stands in addresses and stays the same for ever: small letters, digits, "-", "_" and ".".
id: ""
name: ""
version: 1.0.0
status: active
domain: {domain}
description:
  # What it is for, in a sentence or two.
  purpose: ""
  # What one should know before one relies on it.
  limitations: ""
customProperties:
  # open: everybody sees it. restricted: everybody sees that it exists. private: only the domain sees it.
  - {{property: lakeport.visibility, value: restricted}}
# What it offers: data of your domain by its id in the catalog, and the contract that it keeps.
# outputPorts:
#   - name: daily
#     description: One row a day
#     version: 1.0.0
#     contractId: my-contract
#     customProperties:
#       - {{property: lakeport.asset, value: gold.my_table}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::odps::{DataProduct, Visibility};

    #[test]
    fn what_a_new_product_begins_with_is_right_once_it_is_filled_in() {
        for domain in ["finance", "123", "a: b", "it's \"x\""] {
            let text = product(&domain.into());
            let filled = text.replace("id: \"\"", "id: rates").replace("name: \"\"", "name: Rates");
            let filled = filled
                .replace("purpose: \"\"", "purpose: Rates")
                .replace("limitations: \"\"", "limitations: None");
            let (read, advice) = DataProduct::read("p.yaml", &filled).expect("it can be read");
            assert_eq!((read.id.as_str(), read.domain.as_deref()), ("rates", Some(domain)), "{advice:?}");
            assert_eq!(read.visibility(), Visibility::Restricted);
            let offers = filled.replace("# outputPorts", "outputPorts").replace("\n#   ", "\n  ");
            let read = DataProduct::from_yaml("p.yaml", &offers).expect("with what it offers, too");
            assert_eq!(read.output_ports.len(), 1);
        }
    }
}
