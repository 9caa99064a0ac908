//! A browser's name in words, from how it calls itself. Only what people recognise; versions say nothing to them.

/// Longest raw name that is shown, characters.
const MOST: usize = 40;

/// Told by the first mark that is found: most browsers also carry the marks of those they descend from.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// What a `User-Agent` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser<'a> {
    /// `Chrome`; for one that is not known, the beginning of what it says. Empty if it says nothing.
    pub name: String,
    /// `Linux`, where known.
    pub system: Option<&'a str>,
}

/// Reads a `User-Agent`.
pub fn read(agent: &str) -> Browser<'static> {
    Browser {
        name: find(&BROWSERS, agent).map_or_else(|| shortened(agent), str::to_owned),
        system: find(&SYSTEMS, agent),
    }
}

fn find(marks: &[(&str, &'static str)], agent: &str) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|&(_, name)| name)
}

/// API clients say `curl/8.5.0` and the like, which is as good as any name of ours.
fn shortened(agent: &str) -> String {
    let agent = agent.trim();
    match agent.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", agent[..end].trim_end()),
        None => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_named_as_people_do() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome",
                Some("Linux"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
                "Chrome",
                Some("Linux"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge",
                Some("Windows"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0",
                "Edge",
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari",
                Some("macOS"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
                "Firefox",
                Some("macOS"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari",
                Some("iPhone"),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1",
                "Chrome",
                Some("iPad"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome",
                Some("ChromeOS"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 OPR/120.0",
                "Opera",
                Some("Windows"),
            ),
            ("curl/8.5.0", "curl/8.5.0", None),
            ("", "", None),
        ];
        for (agent, name, system) in cases {
            assert_eq!(read(agent), Browser { name: name.to_owned(), system }, "{agent}");
        }
    }

    #[test]
    fn a_long_unknown_name_is_cut_between_characters() {
        let name = read(&"ü".repeat(300)).name;
        assert_eq!(name, format!("{}…", "ü".repeat(40)));
    }
}
