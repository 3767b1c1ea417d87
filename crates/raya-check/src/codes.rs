//! The error codes of the checker: names (E01xx), types (E02xx), classes (E03xx),
//! flow (E04xx) and what the language will have but this compiler has not (E09xx).

raya_syntax::error_codes! {
    /// A name is used that nothing in scope declares.
    UNKNOWN_NAME = 101, "unknown name";
    /// A scope declares a name twice.
    DUPLICATE_DECLARATION = 102, "name declared twice";
    /// A variable or class is used before its declaration runs.
    USED_BEFORE_DECLARATION = 103, "used before its declaration";
    /// A `const`, a function or a class cannot be assigned to.
    ASSIGN_TO_CONSTANT = 104, "assignment to a constant";
    /// A type is used that nothing in scope declares.
    UNKNOWN_TYPE = 105, "unknown type";
    /// A type is used where a value is needed.
    TYPE_USED_AS_VALUE = 106, "type used as a value";
    /// A value is used where a type is needed. Write `typeof x` for its type.
    VALUE_USED_AS_TYPE = 107, "value used as a type";
    /// A type is declared in terms of itself without anything in between.
    CIRCULAR_TYPE = 108, "circular type";

    /// A value does not fit the type of the place it moves to.
    NOT_ASSIGNABLE = 201, "type does not fit";
    /// A member is used that the type does not have.
    UNKNOWN_MEMBER = 202, "unknown member";
    /// A value that may be null is used as if it were not.
    POSSIBLY_NULL = 203, "value may be null";
    /// A call has too few or too many arguments.
    ARGUMENT_COUNT = 204, "wrong number of arguments";
    /// No overload of a function takes these arguments.
    NO_OVERLOAD = 205, "no overload fits";
    /// Something is called that is no function.
    NOT_CALLABLE = 206, "not a function";
    /// `new` needs a class.
    NOT_CONSTRUCTABLE = 207, "not a class";
    /// An operator does not take operands of these types.
    INVALID_OPERANDS = 208, "operator does not fit these types";
    /// A type has to be written, because nothing says what it is.
    IMPLICIT_ANY = 209, "type cannot be inferred";
    /// A generic type or function gets the wrong number of type arguments.
    TYPE_ARGUMENT_COUNT = 210, "wrong number of type arguments";
    /// A type argument does not satisfy the constraint of its parameter.
    CONSTRAINT = 211, "type argument does not satisfy its constraint";
    /// A cast between types that have nothing in common.
    INVALID_CAST = 212, "cast between unrelated types";
    /// A comparison of types without a common value is always false.
    NO_OVERLAP = 213, "comparison that is always false";
    /// Something read-only is written.
    READONLY = 214, "read-only";
    /// An object literal has a member that its type does not know.
    EXCESS_MEMBER = 215, "member unknown to the expected type";
    /// Something is iterated or spread that cannot be.
    NOT_ITERABLE = 217, "not iterable";
    /// An index or key has the wrong type.
    INVALID_INDEX = 218, "index of the wrong type";
    /// `new Array<T>(n)` fills with the zero of T: 0, false or null.
    NO_ZERO = 219, "element type without a zero";
    /// A literal does not fit into `int`.
    INT_RANGE = 220, "integer out of range";
    /// A function's result type depends on itself; write it.
    CIRCULAR_INFERENCE = 222, "type depends on itself";
    /// A spread stands where its length is unknown but matters.
    INVALID_SPREAD = 223, "spread does not fit here";
    /// A position outside a tuple.
    TUPLE_INDEX = 224, "no such element in the tuple";
    /// A value of type `unknown` is used without being narrowed.
    UNKNOWN_VALUE = 226, "value of type unknown";
    /// The result of a function that gives none is used.
    VOID_VALUE = 227, "no value";
    /// `delete` takes what may be absent.
    INVALID_DELETE = 228, "cannot be deleted";
    /// A type that is too large or too deep.
    TYPE_TOO_COMPLEX = 229, "type too complex";
    /// A key that is not a plain name where only such fit.
    COMPUTED_KEY = 230, "computed key";
    /// A type operator does not fit its operand.
    INVALID_TYPE_OPERATOR = 231, "invalid use of a type operator";
    /// An intrinsic is used outside the built-in library or in the wrong way.
    INVALID_INTRINSIC = 232, "invalid intrinsic";

    /// An abstract class cannot be instantiated.
    ABSTRACT_INSTANCE = 301, "instance of an abstract class";
    /// A class lacks members that its abstract bases ask for.
    ABSTRACT_MISSING = 302, "abstract members not implemented";
    /// A member does not fit the member of the base class that it overrides.
    INVALID_OVERRIDE = 303, "override does not fit";
    /// `override` stands on a member that overrides nothing.
    OVERRIDES_NOTHING = 305, "nothing to override";
    /// A class does not have what an interface asks for.
    NOT_IMPLEMENTED = 306, "interface not implemented";
    /// A private or protected member is used from outside.
    INACCESSIBLE = 307, "member is not accessible";
    /// The constructor of a derived class calls `super(…)` before using `this`.
    SUPER_CALL = 309, "constructor without `super` call";
    /// A field has no value when the constructor ends.
    FIELD_UNSET = 310, "field never set";
    /// A class declares a member twice.
    DUPLICATE_MEMBER = 311, "member declared twice";
    /// A class inherits from itself.
    CIRCULAR_BASE = 312, "class inherits from itself";
    /// Something else than a class stands after `extends`.
    INVALID_BASE = 313, "invalid base class";
    /// The two halves of an accessor do not fit together.
    INVALID_ACCESSOR = 314, "invalid accessor";
    /// `this` or `super` stands where it has no meaning.
    INVALID_THIS = 316, "`this` or `super` without meaning";
    /// A constructor returns nothing.
    CONSTRUCTOR_RETURN = 317, "constructor returns a value";
    /// An abstract member stands in a class that is not abstract.
    ABSTRACT_MEMBER = 318, "abstract member in a concrete class";
    /// A function or method is declared but has no body.
    MISSING_BODY = 319, "missing body";
    /// An overload does not fit the implementation.
    INVALID_OVERLOAD = 320, "overload does not fit its implementation";

    /// A variable is read on a path on which it has no value.
    UNASSIGNED = 401, "used before it is assigned";
    /// A function ends on some path without the value that it promises.
    MISSING_RETURN = 402, "path without a return value";

    /// Imports and exports.
    UNSUPPORTED_MODULES = 901, "modules are not supported yet";
    /// Generators.
    UNSUPPORTED_GENERATORS = 902, "generators are not supported yet";
    /// `async`, `await`.
    UNSUPPORTED_ASYNC = 903, "async functions are not supported yet";
    /// Enums.
    UNSUPPORTED_ENUMS = 904, "enums are not supported yet";
    /// Regular expressions.
    UNSUPPORTED_REGEX = 905, "regular expressions are not supported yet";
    /// `using`.
    UNSUPPORTED_USING = 906, "`using` is not supported yet";
    /// Tagged templates.
    UNSUPPORTED_TAGGED = 907, "tagged templates are not supported yet";
    /// `bigint`.
    UNSUPPORTED_BIGINT = 908, "bigint is not supported yet";
    /// A class inside a function that uses the function's variables.
    UNSUPPORTED_CLASS_CAPTURE = 910, "local class that captures variables";
    /// A type operator or type form of the language that is still missing.
    UNSUPPORTED_TYPE = 911, "type form not supported yet";
    /// Some other feature of the language that is still missing.
    UNSUPPORTED_FEATURE = 912, "not supported yet";
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_unique_across_crates() {
        let tables = [raya_syntax::codes::ALL, super::ALL];
        assert_eq!(raya_syntax::codes::check_tables(&tables), Ok(()));
    }
}
