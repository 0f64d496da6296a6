// tamga readmission print: the treaty's forms.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/session.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct PrintArguments {
  v1::PrintReadmissionFormRequest request;
  std::string to;
  bool force = false;
};

absl::Status Print(const PrintArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(CheckOutputFile(arguments.to, arguments.force));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   session->Call(&v1::ReadmissionService::Stub::PrintReadmissionForm, arguments.request));
  RETURN_IF_ERROR(WriteOutputFiles({{arguments.to, response.document(), kSecretMode}}, arguments.force));
  Say(environment, absl::StrCat(arguments.to, ": ", response.media_type(), ", ", response.document().size(),
                                " bytes. It holds personal data."));
  return absl::OkStatus();
}

}  // namespace

void AddReadmissionPrintCommand(const Command& readmission) {
  const Command command = readmission.Add("print", "Print the application or the decision as the treaty's form");
  const auto arguments = std::make_shared<PrintArguments>();
  v1::PrintReadmissionFormRequest& request = arguments->request;
  request.set_format(v1::FORM_FORMAT_PDF);
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  command.Required("case", "The case", IntoLowerCase(*request.mutable_case_id()));
  command.Required("--form", "What is printed",
                   IntoEnum<v1::ReadmissionForm>([&request](v1::ReadmissionForm form) { request.set_form(form); }));
  command.Required("--language", "In which of the treaty's languages: en, ru or kk",
                   IntoLowerCase(*request.mutable_language()));
  command.Optional("--format", "As what; PDF if not given",
                   IntoEnum<v1::FormFormat>([&request](v1::FormFormat format) { request.set_format(format); }));
  command.Required("--to", "File to write, readable for you alone", Into(arguments->to));
  command.Flag("--force", "Replace a file that is there", arguments->force);
  AddUseContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Print(*arguments, environment); });
}

}  // namespace tamga::cli
