/** The look of the window, in one string: a report is one file. */
export const reportCss = `
:root{color-scheme:light dark;--paper:#f9f9f9;--ink:#191919;--ink-2:#616161;--line:#dadada;--accent:#1c5d99;--canvas:#e6e6e6}
@media (prefers-color-scheme:dark){:root{--paper:#1e1e1e;--ink:#ededed;--ink-2:#959595;--line:#2c2c2c;--accent:#82b4e3;--canvas:#111}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:32px 24px;background:var(--paper);color:var(--ink);font:13px/18px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:20px;line-height:24px;font-weight:600}h2{margin:0 0 8px;font-size:13px;font-weight:600}p{margin:2px 0 10px}
section{margin-top:28px}.q{color:var(--ink-2)}footer{margin-top:32px;border-top:1px solid var(--line);padding-top:12px}
.facts{display:flex;flex-wrap:wrap;gap:12px 28px;margin:20px 0 0;padding:12px 0;border-block:1px solid var(--line)}
.facts div{display:flex;flex-direction:column}.facts dt{color:var(--ink-2);font-size:11px}.facts dd{margin:0;font-size:15px;line-height:22px}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:0 28px}
svg{display:block;width:100%;max-width:860px;height:auto}svg text{fill:var(--ink-2);font-size:11px}
.g{stroke:var(--line);stroke-width:1}.band{fill:var(--accent);opacity:.16}.line{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round}
.gallery{display:flex;flex-wrap:wrap;gap:14px 12px;padding:12px;background:var(--canvas)}
figure{flex:var(--ar) 1 calc(var(--ar)*150px);max-width:calc(var(--ar)*220px);margin:0}figure img{display:block;width:100%;object-fit:cover}
figcaption{display:flex;justify-content:space-between;gap:8px;font-size:12px;line-height:20px}
table{border-collapse:collapse;font-size:12px}th{text-align:left;font-weight:400;color:var(--ink-2)}td,th{padding:4px 18px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
.num{text-align:right}.own td:first-child{box-shadow:inset 2px 0 var(--accent);padding-left:8px}
@media print{body{max-width:none}}
`
