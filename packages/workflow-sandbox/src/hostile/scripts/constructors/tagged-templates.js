// Reaches out by the array that a tag is given.
// expect: safe
// bites
const found = [];
function tag(parts, ...values) {
  for (const one of [this, parts, parts.raw, ...values]) if (powerOf(one)) found.push("tag");
  return tag;
}
tag`a${agent}b${{}}`;
tag`x``y`;
if (makesCode((text) => (() => 1).constructor`${text}`)) found.push("tagged constructor");
return verdict(found);
