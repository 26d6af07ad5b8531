// Writes markup into code.
// expect: rejected
return <script>alert(1)</script>;
