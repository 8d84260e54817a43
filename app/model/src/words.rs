//! Words that browser and server form alike.

/// Names in a sentence: `a`, `a and b`, `a, b and c`.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_follows_an_and() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["Finance"]), "Finance");
        assert_eq!(listed(&["Finance", "Purchase"]), "Finance and Purchase");
        assert_eq!(listed(&["Finance", "Purchase", "Supply Chain"]), "Finance, Purchase and Supply Chain");
    }
}
