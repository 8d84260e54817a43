//! A small check that a text is one well-formed XML element, and that nothing in it offends a strict
//! content security policy or fixes a colour.

/// Panics with the place of the first fault.
pub(crate) fn check(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut roots = 0;
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start]);
        assert!(start == 0 || !open.is_empty(), "text outside of the root: {}", &rest[..start]);
        let end = rest.find('>').unwrap_or_else(|| panic!("a tag does not end: {rest}"));
        assert!(end > start, "a stray > in {}", &rest[..start]);
        let tag = &rest[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "a closing tag that was not open");
        } else {
            let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic()), "a strange name: {name}");
            roots += usize::from(open.is_empty());
            check_attributes(attributes, &mut ids);
            if !closed {
                open.push(name);
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(
        rest.is_empty() && open.is_empty() && roots == 1,
        "not one whole element: {rest} {open:?} {roots}"
    );
    for reference in text.split("aria-labelledby=\"").skip(1) {
        let wanted = reference.split('"').next().expect("a closing quote");
        for id in wanted.split(' ') {
            assert!(ids.contains(&id), "no element has the id {id}");
        }
    }
}

fn check_attributes<'a>(attributes: &'a str, ids: &mut Vec<&'a str>) {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no value in {rest}"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("no closing quote in {rest}"));
        assert!(!names.contains(&name), "{name} stands twice in {attributes}");
        assert!(name != "style" && !name.starts_with("on"), "{name} is forbidden by the policy");
        check_text(value);
        if matches!(name, "fill" | "stroke") {
            assert!(matches!(value, "none" | "currentColor"), "a fixed colour: {value}");
        }
        if name == "id" {
            ids.push(value);
        }
        names.push(name);
        rest = after.trim_start();
    }
}

fn check_text(text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at..].split_inclusive(';').next().unwrap_or_default();
        assert!(["&amp;", "&lt;", "&gt;", "&quot;", "&#x27;"].contains(&entity), "a bare & before {entity}");
    }
    let allowed = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(allowed), "a character XML forbids in {text:?}");
}

#[test]
fn the_check_itself_finds_faults() {
    check("<svg a=\"1\"><g>x &amp; y</g><path/></svg>");
    for fault in [
        "<svg>",
        "<svg></g>",
        "<svg a=\"1\" a=\"2\"/>",
        "<svg>&</svg>",
        "<svg/><svg/>",
        "<svg style=\"\"/>",
        "<svg fill=\"red\"/>",
    ] {
        assert!(std::panic::catch_unwind(|| check(fault)).is_err(), "{fault} passed");
    }
}
