// Asks for super at the top.
// expect: rejected
return super.constructor;
