/** The look of a report, light and dark, without anything from the network. Text holds 4.5:1 on its ground. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --soft: #566172; --line: #dde2e9; --paper: #f6f8fa; --card: #fff;
  --on-fill: #fff; --blame: #c22f25; --blame-tint: #c22f2514; --good: #1f7a55; --focus: #1f6feb;
  --sender_host: #43699f; --network: #7560a6; --receiver_host: #2c7a6e; --receiver_pod: #7b6b33; --undetermined: #6a7482; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9caab9; --line: #2d3743; --paper: #10151b;
  --card: #171e26; --on-fill: #0d1218; --blame: #ff7b6e; --blame-tint: #ff7b6e1f; --good: #5fcf9e; --focus: #79b0ff;
  --sender_host: #84abe0; --network: #b39ee6; --receiver_host: #6cc4b5; --receiver_pod: #cdbb78; --undetermined: #9caab9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.report { max-width: 1000px; margin: 0 auto; padding: 24px; }
.verdict { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--blame); border-radius: 8px;
  padding: 16px 22px; }
.verdict.undetermined { border-left-color: var(--undetermined); }
.verdict h1 { font-size: 23px; line-height: 1.25; margin: 0 0 8px; }
.verdict p { margin: 0 0 14px; font-size: 16px; max-width: 75ch; }
.verdict dl { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 0; }
.verdict dt { font-size: 12px; color: var(--soft); }
.verdict dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
section { margin-top: 28px; }
h2 { font-size: 15px; margin: 0 0 8px; }
.report p { max-width: 85ch; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; margin-bottom: 6px; }
th { text-align: left; font-weight: 400; }
thead th { color: var(--soft); font-size: 12.5px; white-space: nowrap; }
th, td { padding: 6px 18px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.evidence { list-style: none; margin: 0; padding: 0; }
.evidence li { border-left: 3px solid var(--good); padding: 2px 0 2px 14px; margin-bottom: 10px; }
.evidence li.against { border-left-color: var(--blame); }
.evidence p { margin: 0; }
summary { cursor: pointer; color: var(--soft); font-size: 13px; width: fit-content; }
code { display: block; margin: 6px 0; padding: 8px 12px; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
details table { font-size: 12.5px; }
svg.path { width: 100%; min-width: 680px; height: auto; display: block; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; margin-bottom: 10px; }
svg.path text { fill: var(--ink); font: 13px system-ui, sans-serif; text-anchor: middle; }
svg.path .label { fill: var(--soft); text-anchor: start; }
svg.path .mid { text-anchor: middle; } svg.path .end { text-anchor: end; }
svg.path .who { font-weight: 600; font-size: 12.5px; }
svg.path .tag { fill: var(--blame); font-weight: 700; font-size: 11.5px; letter-spacing: .1em; }
svg.path .now { font-size: 19px; font-weight: 700; } svg.path .now.none { font-size: 13px; font-weight: 400; }
svg.path .was { fill: var(--soft); } svg.path .grown { font-weight: 600; }
svg.path .now.blamed, svg.path .grown.blamed { fill: var(--blame); }
svg.path .sum { font-weight: 700; text-anchor: start; }
svg.path .inside { fill: var(--on-fill); font-weight: 600; }
svg.path .host { fill: none; stroke: var(--line); stroke-width: 2; }
svg.path .pod { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
svg.path .underlay { fill: none; stroke: var(--line); stroke-width: 2; stroke-dasharray: 5 5; }
svg.path .spotlight { fill: var(--blame-tint); }
svg.path .wire { stroke: var(--soft); stroke-width: 2; } svg.path .arrow { fill: var(--soft); }
svg.path .tap { fill: var(--card); stroke: var(--ink); stroke-width: 2; }
svg.path .dimension { fill: none; stroke: var(--soft); } svg.path .dimension.blamed { stroke: var(--blame); stroke-width: 2; }
rect.sender_host { fill: var(--sender_host); } rect.network { fill: var(--network); }
rect.receiver_host { fill: var(--receiver_host); } rect.receiver_pod { fill: var(--receiver_pod); }
rect.blamed { fill: var(--blame); }
`;
