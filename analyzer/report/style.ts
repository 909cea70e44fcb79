/** The look of a report, light and dark, without anything from the network. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --paper: #fbfcfd; --card: #fff;
  --sender_host: #3b76c4; --network: #7a5cc0; --receiver_host: #2f9480; --receiver_pod: #8a9463; --blame: #c8372d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #313a46; --paper: #12171d;
  --card: #1a2129; --sender_host: #6ea2e6; --network: #a58be4; --receiver_host: #55bda8; --receiver_pod: #b3bd8a; --blame: #f0695e; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
.report { max-width: 820px; margin: 0 auto; padding: 24px; }
.verdict { border-left: 6px solid var(--blame); padding: 2px 0 2px 18px; }
.verdict.undetermined { border-color: var(--soft); }
.verdict h1 { font-size: 24px; margin: 0 0 6px; }
.verdict p { margin: 4px 0; font-size: 16px; }
.verdict .id { color: var(--soft); font-size: 13px; }
section { margin-top: 26px; }
h2 { font-size: 13px; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 0 0 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
details { border-bottom: 1px solid var(--line); padding: 6px 0; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 58px; font-weight: 600; color: var(--receiver_host); }
details.against summary b { color: var(--blame); }
code { display: block; margin: 6px 0 4px 58px; color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; }
svg.split { width: 100%; height: auto; display: block; }
svg.split text { fill: var(--ink); font-size: 13px; }
svg.split .name { text-anchor: end; fill: var(--soft); }
svg.split .inside { text-anchor: middle; fill: #fff; font-weight: 600; }
svg.split .sum { font-weight: 600; }
svg.split .key { fill: var(--soft); }
rect.sender_host { fill: var(--sender_host); } rect.network { fill: var(--network); }
rect.receiver_host { fill: var(--receiver_host); } rect.receiver_pod { fill: var(--receiver_pod); }
rect.blamed { fill: var(--blame); }
`;
