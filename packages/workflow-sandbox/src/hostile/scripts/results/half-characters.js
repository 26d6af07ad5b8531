// Returns halves of characters as keys and values.
// expect: returned
return { "\ud800": "\udfff", list: ["a\ud800"] };
