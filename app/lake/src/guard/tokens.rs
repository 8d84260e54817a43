//! Bounds that have to hold before there is a tree: a flat chain of operators becomes a tree as deep as it
//! is long, and a tree that deep ends the process when it is walked.

use deltalake::datafusion::sql::sqlparser::dialect::GenericDialect;
use deltalake::datafusion::sql::sqlparser::keywords::Keyword;
use deltalake::datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use lakeport_frame::LakeError;

/// Words, signs and literals of a statement, spaces and comments aside.
const MAX_TOKENS: usize = 6_000;
/// Operators in a row, without a bracket, comma or clause between them.
const MAX_CHAIN: usize = 200;
/// Brackets and `CASE`s within one another. Deeper down the parser gives up and reads words as other words.
const MAX_NESTING: usize = 40;
/// `UNION`, `INTERSECT` and `EXCEPT` together.
const MAX_SET_OPERATIONS: usize = 20;

/// The tokens of a statement within these bounds.
pub(super) fn checked(sql: &str) -> Result<Vec<TokenWithSpan>, LakeError> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|error| {
        LakeError::Refused(format!(
            "Line {}, column {}: {}.",
            error.location.line, error.location.column, error.message
        ))
    })?;
    let mut chains = vec![0_usize];
    let mut count = 0_usize;
    let mut set_operations = 0_usize;
    for token in &tokens {
        let step = step(&token.token);
        count += usize::from(step != Step::Space);
        if count > MAX_TOKENS {
            return Err(too_long(
                token,
                &format!("the statement has more than {MAX_TOKENS} words and signs"),
            ));
        }
        match step {
            Step::Open => {
                chains.push(0);
                if chains.len() > MAX_NESTING {
                    let limit = format!("more than {MAX_NESTING} brackets or CASE within one another");
                    return Err(too_long(token, &format!("{limit}; steps are written with WITH")));
                }
            }
            Step::Close if chains.len() > 1 => {
                chains.pop();
            }
            Step::Break => reset(&mut chains),
            Step::SetOperation => {
                reset(&mut chains);
                set_operations += 1;
                if set_operations > MAX_SET_OPERATIONS {
                    let limit = format!("more than {MAX_SET_OPERATIONS} UNION, INTERSECT or EXCEPT");
                    return Err(too_long(token, &limit));
                }
            }
            Step::Operator => {
                if let Some(length) = chains.last_mut() {
                    *length += 1;
                    if *length > MAX_CHAIN {
                        let limit = format!("more than {MAX_CHAIN} operators in a row");
                        return Err(too_long(token, &format!("{limit}; a list is written with IN (..)")));
                    }
                }
            }
            // A closing bracket too many is left to the parser; here it must not end the counting.
            Step::Close | Step::Operand | Step::Space => {}
        }
    }
    Ok(tokens)
}

/// What a token does to a chain of operators.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Space,
    Open,
    Close,
    Break,
    SetOperation,
    Operator,
    Operand,
}

fn step(token: &Token) -> Step {
    match token {
        Token::Whitespace(_) | Token::EOF => Step::Space,
        Token::LParen | Token::LBracket | Token::LBrace => Step::Open,
        Token::RParen | Token::RBracket | Token::RBrace => Step::Close,
        Token::Comma | Token::SemiColon => Step::Break,
        Token::Word(word) => match word.keyword {
            Keyword::CASE => Step::Open,
            Keyword::END => Step::Close,
            Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::MINUS => Step::SetOperation,
            Keyword::SELECT
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::ORDER
            | Keyword::JOIN
            | Keyword::ON
            | Keyword::WHEN
            | Keyword::THEN
            | Keyword::ELSE
            | Keyword::LIMIT => Step::Break,
            Keyword::AND
            | Keyword::OR
            | Keyword::XOR
            | Keyword::NOT
            | Keyword::IS
            | Keyword::LIKE
            | Keyword::ILIKE
            | Keyword::RLIKE
            | Keyword::REGEXP
            | Keyword::SIMILAR
            | Keyword::DIV
            | Keyword::COLLATE
            | Keyword::AT => Step::Operator,
            _ => Step::Operand,
        },
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Placeholder(_)
        | Token::Period => Step::Operand,
        _ => Step::Operator,
    }
}

fn reset(chains: &mut [usize]) {
    if let Some(last) = chains.last_mut() {
        *last = 0;
    }
}

fn too_long(token: &TokenWithSpan, reason: &str) -> LakeError {
    let start = token.span.start;
    LakeError::Refused(format!("Line {}, column {}: {reason}.", start.line, start.column))
}
