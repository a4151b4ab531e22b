//! Functions: no object, no configured provider, nothing that is remembered.

use super::{Outcome, Told};
use crate::tfplugin::convert::{decode, encode};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::proto::tfplugin6::{FunctionError, call_function};
use crate::tfplugin::traits::{Function, Parameter, Provider, Refusal, Signature};
use crate::tfplugin::value::Value;

pub(in crate::tfplugin) fn call_function(
    provider: &dyn Provider,
    request: &call_function::Request,
) -> Outcome<call_function::Response> {
    let function = provider.types().find_function(&request.name);
    let function = function.ok_or_else(|| unknown(&request.name))?;
    let signature = function.signature();
    let arguments = arguments(&signature, request)?;
    let response = match call(function, &arguments) {
        Ok(result) => call_function::Response {
            result: Some(encode(&result, &signature.returns)?),
            error: None,
        },
        Err(refusal) => call_function::Response {
            result: None,
            error: Some(error(refusal)),
        },
    };
    Ok(Told::plainly(response))
}

/// Calls it, with what is known only: older versions of Terraform send what is not.
fn call(function: &dyn Function, arguments: &[Value]) -> Result<Value, Refusal> {
    match arguments.iter().all(Value::is_wholly_known) {
        true => function.call(arguments),
        false => Ok(Value::Unknown),
    }
}

fn arguments(
    signature: &Signature,
    request: &call_function::Request,
) -> Result<Vec<Value>, Diagnostics> {
    let (fixed, sent) = (signature.parameters.len(), request.arguments.len());
    if sent < fixed || (sent > fixed && signature.variadic.is_none()) {
        return Err(miscounted(&request.name, fixed, sent));
    }
    let parameters = signature.parameters.iter();
    let further = signature.variadic.iter().cycle();
    let parameters = parameters.chain(further).zip(&request.arguments);
    let argument = |(parameter, argument): (&Parameter, _)| {
        let what = format!("the argument {}", parameter.name);
        decode(Some(argument), &parameter.kind, &what)
    };
    parameters.map(argument).collect()
}

fn error(refusal: Refusal) -> FunctionError {
    FunctionError {
        // Terraform ends it with a full stop of its own.
        text: refusal.text.trim_end_matches('.').to_owned(),
        function_argument: refusal.argument.and_then(|index| index.try_into().ok()),
    }
}

fn unknown(name: &str) -> Diagnostics {
    let story = format!("This version of the provider has no function {name:?}. Another may.");
    Diagnostic::error("Unknown function", story).into()
}

fn miscounted(name: &str, wanted: usize, sent: usize) -> Diagnostics {
    let story = format!("{name} takes {wanted} arguments and was called with {sent}.");
    Diagnostic::error("Wrong number of arguments", story).into()
}
