//! What of a text has room in a drawing, which neither wraps nor measures words.

/// As much of a text as fits into `room` at letters of this size, in units of the drawing; an ellipsis says that there
/// is more.
pub(super) fn shorten(text: &str, room: f64, size: f64) -> String {
    let room = room / size;
    if text.chars().map(wide).sum::<f64>() <= room {
        return text.to_owned();
    }
    let mut left = room - wide('…');
    let begin = text.chars().take_while(|char| {
        left -= wide(*char);
        left >= 0.0
    });
    begin.chain(std::iter::once('…')).collect()
}

/// About the width of a letter, in parts of the size of letters: the proportions that charts are drawn with on the server,
/// rounded up.
fn wide(char: char) -> f64 {
    match char {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | ' ' | 'I' | '!' => 0.3,
        'f' | 'r' | 't' | '(' | ')' | '/' | '-' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        'A'..='Z' => 0.7,
        _ if char.is_ascii() || char.is_alphabetic() && u32::from(char) < 0x2e80 => 0.6,
        '…' => 0.66,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_cut_that_has_room_and_none_runs_over() {
        let name = |text: &str| shorten(text, 158.0, 13.0);
        for text in ["bronze.webshop_orders", "gold.collections", "silver.fact_bill_items"] {
            assert_eq!(name(text), text);
        }
        for text in
            ["gold.product_recommendations_by_market", "MMMMMMMMMMMMMMMMMMMM", "顧客の注文の明細の一覧の表"]
        {
            let shown = name(text);
            assert!(shown.ends_with('…') && shown.chars().count() > 9, "{shown}");
            assert!(shown.chars().map(wide).sum::<f64>() * 13.0 <= 158.0, "{shown}");
        }
        assert_eq!(shorten("gold.collections", 0.0, 13.0), "…");
    }
}
