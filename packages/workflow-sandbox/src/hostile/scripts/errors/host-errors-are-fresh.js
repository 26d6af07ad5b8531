// Changes an error of the host to be seen by whoever gets the next.
// expect: safe
const found = [];
const errors = [];
for (let count = 0; count < 2; count++) {
  try { await agent("ERR"); } catch (error) { errors.push(error); error.message = "changed"; error.hit = 1; }
}
try { await agent("ERR"); } catch (error) { if (error.message === "changed" || error.hit === 1) found.push("shared"); }
if (errors[0] === errors[1] || errors.length !== 2) found.push("same");
return verdict(found);
