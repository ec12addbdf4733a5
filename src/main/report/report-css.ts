/** The look of the window, in one string: a report is one file. */
export const reportCss = `
:root{color-scheme:light dark;--paper:#f9f9f9;--ink:#191919;--ink-2:#616161;--line:#dadada;--accent:#1c5d99;--canvas:#e6e6e6}
@media (prefers-color-scheme:dark){:root{--paper:#1e1e1e;--ink:#ededed;--ink-2:#959595;--line:#2c2c2c;--accent:#82b4e3;--canvas:#111}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:32px 24px;background:var(--paper);color:var(--ink);font:13px/18px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:20px;line-height:24px;font-weight:600}h2{margin:0 0 8px;font-size:13px;font-weight:600}h3{margin:14px 0 0;font-size:12px;font-weight:600}p{margin:2px 0 10px}
section{margin-top:28px}.q{color:var(--ink-2)}footer{margin-top:32px;border-top:1px solid var(--line);padding-top:12px}
.facts{display:flex;flex-wrap:wrap;gap:12px 28px;margin:20px 0 0;padding:12px 0;border-block:1px solid var(--line)}
.facts div{display:flex;flex-direction:column}.facts dt{color:var(--ink-2);font-size:11px}.facts dd{margin:0;font-size:15px;line-height:22px}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:0 28px}
svg{display:block;width:100%;max-width:860px;height:auto}svg text{fill:var(--ink-2);font-size:11px}
.g{stroke:var(--line);stroke-width:1}.band{fill:var(--accent);opacity:.16}.line{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round}
.gallery{display:flex;flex-wrap:wrap;gap:14px 12px;padding:12px;background:var(--canvas)}
figure{flex:var(--ar) 1 calc(var(--ar)*150px);max-width:calc(var(--ar)*220px);margin:0}figure img{display:block;width:100%;object-fit:cover}
figcaption,.cap{display:flex;justify-content:space-between;gap:8px;font-size:12px;line-height:20px}
table{border-collapse:collapse;font-size:12px}th{text-align:left;font-weight:400;color:var(--ink-2)}td,th{padding:4px 18px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
.num{text-align:right}.own td:first-child{box-shadow:inset 2px 0 var(--accent);padding-left:8px}
caption{text-align:left;color:var(--ink-2);padding-bottom:4px}
pre{white-space:pre-wrap;font:12px/18px ui-monospace,monospace;margin:0}
.scroll{overflow-x:auto}.matrix td,.matrix th{padding:2px 6px;text-align:right}.matrix .hit{font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0 0;padding:0;list-style:none;font-size:12px}.legend svg{display:inline-block;width:28px;height:8px;margin-right:6px;vertical-align:middle}
.l0{--c:#1c5d99}.l1{--c:#b3541e}.l2{--c:#3f7d20}.l3{--c:#8e3b8a}.l4{--c:#8a6d00}.l5{--c:#444}
.series{fill:none;stroke:var(--c);stroke-width:1.75;stroke-linejoin:round}.l1 .series,.series.l1{stroke-dasharray:6 3}.series.l2{stroke-dasharray:2 3}.series.l3{stroke-dasharray:8 3 2 3}.series.l4{stroke-dasharray:12 3}.series.l5{stroke-dasharray:1 4}
@media (prefers-color-scheme:dark){.l0{--c:#82b4e3}.l1{--c:#f0a071}.l2{--c:#96cc78}.l3{--c:#dd94d9}.l4{--c:#e0c04a}.l5{--c:#bbb}}
@page{margin:14mm}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--ink-2:#444;--line:#bbb;--accent:#1c5d99;--canvas:#fff}body{max-width:none;padding:0}figure,tr,.facts div,svg{break-inside:avoid}h2{break-after:avoid}section{margin-top:18px}.scroll{overflow:visible}.curves{grid-template-columns:1fr 1fr}}
`
