//! What the panel is made of.

use crate::text;

/// One element a line: depth, tag and classes, attributes, and its text as an attribute without a name. `$` is the next of [`WORDS`]. A text of its own,
/// because the same as a table of Rust structs is 0.8 KB more in the download, nearly all of it pointers.
pub const PLAN: &str = "\
0div.top
1div.face|aria-hidden=true
2svg|viewBox=0 0 24 24
3path|d=M4 5.5h16v10.5h-8.5l-4.5 3.5v-3.5h-3z
1div.who
2h2.title|=$
2p.sub|hidden=
2p.spoken|role=status
1button.icon|type=button|data-do=close|aria-label=$
2svg|viewBox=0 0 24 24|aria-hidden=true
3path|d=M6 9.5l6 6 6-6
0p.line|role=status|hidden=
0p.line late|role=status|hidden=|=$
0div.log|role=log|tabindex=0|aria-label=$
1div.above|role=status|hidden=
2button.earlier|type=button|data-do=earlier
1div.wait|aria-hidden=true
1div.hello|hidden=
1div.older|aria-live=off
1div.thread
1div.pending
1div.uploads
1div.typing|hidden=|role=img|aria-label=$
2i
2i
2i
0div.foot
1div.ask|hidden=
2p.hint|role=status
2button.main human|type=button|data-do=human
1form.compose|hidden=
2label.icon clip|hidden=
3input.spoken|type=file|multiple=|aria-label=$
3svg|viewBox=0 0 24 24|aria-hidden=true
4path|d=M20 11.5l-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 5 5l-8.6 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8
2textarea.draft|rows=1|enterkeyhint=send|placeholder=$|aria-label=$
2span.count|role=status|hidden=
2button.icon send|aria-label=$
3svg|viewBox=0 0 24 24|aria-hidden=true
4path|d=M12 19v-14M6 11l6-6 6 6
1form.mail|novalidate=|hidden=
2h3|=$
2p.lead
2label|for=e|=$
2input.email|id=e|type=email|autocomplete=email|aria-describedby=ee|required=
2p.bad|id=ee|role=alert|hidden=
2label|for=n|=$
2input.name|id=n|autocomplete=name|aria-describedby=ne
2p.bad|id=ne|role=alert|hidden=
2label|for=m|=$
2textarea.message|id=m|rows=3|aria-describedby=me|required=
2p.bad|id=me|role=alert|hidden=
2p.bad|id=we|role=alert|hidden=
2button.main leave|=$
1div.left|role=status|hidden=
2svg|viewBox=0 0 24 24|aria-hidden=true
3path|d=M5 12.5l4.5 4.5 9.5-10
2h3|=$
2p.lead|=$
2button.plain|type=button|data-do=another|=$
1div.acts|hidden=
2span.back
3button|type=button|data-do=swap|=$
2button.end|type=button|data-do=end|=$
1div.acts sure|role=group|aria-labelledby=q|hidden=
2p|id=q|role=status
2button.bad|type=button|data-do=endnow|=$
2button.stay|type=button|data-do=stay|=$
0p.drop|aria-hidden=true|=$";

/// In the order in which the plan asks for them.
pub const WORDS: [&str; 22] = [
    text::CHAT,
    text::CLOSE,
    text::FILES_LATE,
    text::THREAD,
    text::TYPING,
    text::ATTACH,
    text::WRITE,
    text::WRITE,
    text::SEND,
    text::FORM_TITLE,
    text::EMAIL,
    text::NAME,
    text::MESSAGE,
    text::LEAVE,
    text::LEFT_TITLE,
    text::LEFT_LEAD,
    text::LEAVE_ANOTHER,
    text::BACK,
    text::END,
    text::END,
    text::STAY,
    text::DROP,
];

#[cfg(test)]
mod tests {
    use super::{PLAN, WORDS};

    #[test]
    fn the_plan_uses_all_words_and_never_jumps_in_depth() {
        assert_eq!(PLAN.matches('$').count(), WORDS.len());
        let depths: Vec<i32> = PLAN.lines().map(|line| i32::from(line.as_bytes()[0]) - 48).collect();
        assert!(depths.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{depths:?}");
    }
}
