// Returns nothing.
// expect: returned
return;
