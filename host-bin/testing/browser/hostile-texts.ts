// Texts that a model, a tool or a file may come with, and that must stay texts. What runs sets `ran`; what is fetched
// goes to an address that nobody has.

const elsewhere = "http://203.0.113.9";

/** On one line each, so that they can be names and titles too. */
export const hostileLines: readonly string[] = [
  '<script>window.ran = "script"</script>',
  `<img src=x onerror="window.ran='onerror'">`,
  `<svg onload="window.ran='onload'"><animate onbegin="window.ran='onbegin'" attributeName=x dur=1s></svg>`,
  `<iframe src="javascript:window.ran='iframe'"></iframe>`,
  `<iframe srcdoc="<script>parent.ran='srcdoc'</script>"></iframe>`,
  `<a href="javascript:window.ran='anchor'" autofocus onfocus="window.ran='focus'">read on</a>`,
  `<details open ontoggle="window.ran='toggle'">x</details>`,
  `"><base href="${elsewhere}/"><link rel=stylesheet href="${elsewhere}/x.css"><style>body{display:none}</style>`,
  `<meta http-equiv="refresh" content="0;url=${elsewhere}/">`,
  `<form action="${elsewhere}/"><button autofocus formaction="javascript:window.ran='form'">go</button></form>`,
  "<template><script>window.ran = 'template'</script></template></main></body></html>",
  "[a](javascript:window.ran='link')",
  "[b](JaVaScRiPt:window.ran='case')",
  "[c](&#x6A;avascript&colon;window.ran='entity')",
  "[d](java\u0000script:window.ran='nul') [e](\u0001javascript:window.ran='control')",
  "[f](<java\tscript:window.ran='tab'>) [g]( javascript:window.ran='space' )",
  "[h](data:text/html,<script>opener.ran='data'</script>) [i](vbscript:window.ran)",
  "[j](//203.0.113.9/x) [k](\\\\203.0.113.9\\x) [l](blob:http://x/y) [m](file:///etc/passwd)",
  "<javascript:window.ran='autolink'> <data:text/html,x>",
  `![pixel](${elsewhere}/pixel.png) ![pixel](//203.0.113.9/pixel.png "t")`,
  `[![nested](${elsewhere}/n.png)](javascript:window.ran='image')`,
  "![svg](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
  "invoice\u202Egnp.exe\u202C \u2066isolated\u2069 zero\u200Bwidth \uFEFFmark",
  "\u001b[31mred\u001b[0m \u001b]8;;javascript:window.ran\u0007click\u001b]8;;\u0007 \u001b[2J\u0007\u0008\u0000",
  "__proto__ constructor {{ran}} $'{window.ran}' %s %o",
];

/** Blocks of Markdown that are hostile to whoever takes them apart. */
export const hostileBlocks: readonly string[] = [
  ...hostileLines,
  "[n]: javascript:window.ran='reference'\n\n[n] [read][n]",
  "```html\n<script>window.ran = 'fence'</script>\n```",
  `\`\`\`"><img src=x onerror=window.ran='info'>\ncode\n\`\`\``,
  `| <script>window.ran='cell'</script> | [x](javascript:window.ran='cell') |\n| :-- | --: |\n| ![p](${elsewhere}/t.png) | <b onclick=window.ran=1> |`,
  "- [ ] <input onfocus=window.ran='task' autofocus>",
  `${"> ".repeat(2_000)}deep`,
  Array.from({ length: 300 }, (_, depth) => `${"  ".repeat(depth)}- level`).join("\n"),
  "[".repeat(5_000),
  `${"*".repeat(5_000)}a`,
  `${"`".repeat(3_001)}b`,
  "![](".repeat(1_000),
  "a_".repeat(5_000),
  "&".repeat(5_000),
  `|${"x|".repeat(500)}\n|${"-|".repeat(500)}\n|${"y|".repeat(500)}`,
  "W".repeat(200_000),
  `${"\u0301".repeat(2_000)}z`,
];
