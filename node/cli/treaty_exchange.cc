// tamga treaty publish, fetch and export: texts and acts to partners, from partners, and out of the own node.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/text_format.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/enum_name.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "node/treaty/act_files.h"
#include "node/treaty/holdings.h"
#include "policy/treaty_document.h"
#include "tamga/v1/treaty_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::TreatyService::Stub;

struct PublishArguments {
  std::vector<std::string> files;
  std::string treaties;
  v1::CallContext context;
};

// An act has its signatures beside it; a text that is no overlay is told what it lacks as a treaty.
absl::Status AddFile(const std::string& file, v1::TreatyBundle* bundle) {
  absl::StatusOr<v1::SignedAct> act = treaty::ReadActFile(file);
  if (act.ok()) {
    *bundle->add_acts() = *std::move(act);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  if (policy::ReadOverlay(text, file).ok()) {
    bundle->add_overlays(text);
    return absl::OkStatus();
  }
  if (policy::ReadInstrument(text, file).ok()) return act.status();
  RETURN_IF_ERROR(policy::ReadTreaty(text, file).status());
  bundle->add_treaties(text);
  return absl::OkStatus();
}

absl::StatusOr<v1::TreatyBundle> BundleOf(const std::vector<std::string>& paths) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles(paths));
  v1::TreatyBundle bundle;
  for (const std::string& file : files) RETURN_IF_ERROR(AddFile(file, &bundle));
  return bundle;
}

void PrintDeliveries(const google::protobuf::RepeatedPtrField<v1::TreatyDelivery>& deliveries,
                     Environment& environment) {
  Table table({"PARTNER", "STATE", "REASON", "EXCHANGE"});
  for (const v1::TreatyDelivery& delivery : deliveries) {
    table.AddRow({delivery.partner(),
                  delivery.has_exchange() ? ShortEnumName(delivery.exchange().delivery_state()) : "-",
                  delivery.reason().empty() ? "-" : delivery.reason(), delivery.exchange().exchange_id()});
  }
  PrintTable(environment, table);
  for (const v1::TreatyDelivery& delivery : deliveries) {
    if (!delivery.explanation().empty())
      Say(environment, absl::StrCat(delivery.partner(), ": ", delivery.explanation()));
  }
}

// Whether a partner has it, or it is on its way there.
bool IsDelivered(const v1::TreatyDelivery& delivery) {
  return delivery.reason().empty() || delivery.exchange().delivery_state() == v1::DELIVERY_STATE_QUEUED ||
         delivery.reason() == "NOT_ANSWERED_YET";
}

// So that a script notices.
absl::Status CheckDelivered(const v1::PublishTreatiesResponse& response) {
  std::vector<std::string> others;
  for (const v1::TreatyDelivery& delivery : response.deliveries()) {
    if (!IsDelivered(delivery)) others.push_back(delivery.partner());
  }
  if (others.empty()) return absl::OkStatus();
  return FromNode(Error(absl::StatusCode::kFailedPrecondition, "NOT_TAKEN_OVER",
                        absl::StrCat("it is in use at this node, but not at ", absl::StrJoin(others, ", "),
                                     "; see the reasons above, and publish it again when they are mended")));
}

absl::Status PublishBundle(Session& session, const v1::CallContext& context, v1::TreatyBundle bundle,
                           Environment& environment) {
  v1::PublishTreatiesRequest request;
  *request.mutable_context() = context;
  *request.mutable_bundle() = std::move(bundle);
  ASSIGN_OR_RETURN(const auto response, session.Call(&Stub::PublishTreaties, request));
  if (!PrintedAsJson(environment, response)) {
    PrintDeliveries(response.deliveries(), environment);
    Say(environment, absl::StrCat(response.taken_over(), " new; in use at this node"));
    for (const std::string& finding : response.findings()) Say(environment, absl::StrCat("note: ", finding));
  }
  return CheckDelivered(response);
}

// In parts, if it does not fit into one message.
absl::Status PublishFolder(Session& session, const PublishArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const treaty::TreatySources sources, treaty::ReadTreatyFolder(arguments.treaties));
  v1::TreatyHoldings sent;
  for (const auto& [state, unused] : sources.acts) sent.add_heads()->set_state(state);
  absl::Status status;
  for (bool more = true; more;) {
    treaty::Lack lack = treaty::LackOf(sources, sent, treaty::kMostBundleBytes);
    treaty::AddToHoldings(lack.bundle, &sent);
    more = lack.more;
    status.Update(PublishBundle(session, arguments.context, std::move(lack.bundle), environment));
    if (!status.ok() && ReasonOf(status) != "NOT_TAKEN_OVER") return status;
  }
  return status;
}

absl::Status Publish(const PublishArguments& arguments, Environment& environment) {
  if (arguments.files.empty() == arguments.treaties.empty()) {
    return UsageError("name either files to publish or, with --treaties, a folder of treaties");
  }
  if (!arguments.treaties.empty()) {
    ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
    return PublishFolder(*session, arguments, environment);
  }
  ASSIGN_OR_RETURN(v1::TreatyBundle bundle, BundleOf(arguments.files));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  return PublishBundle(*session, arguments.context, std::move(bundle), environment);
}

absl::Status Fetch(const v1::FetchTreatiesRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::FetchTreaties, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  PrintDeliveries(response.deliveries(), environment);
  Say(environment, absl::StrCat(response.taken_over(), " new; in use at this node"));
  return absl::OkStatus();
}

// The whole of what the others are checked against, so that the folder can be read without a node.
absl::Status WriteOffices(const std::string& folder,
                          const google::protobuf::RepeatedPtrField<v1::TreatyOffice>& offices) {
  RETURN_IF_ERROR(MakeFolder(folder));
  for (const v1::TreatyOffice& office : offices) {
    std::string text;
    google::protobuf::TextFormat::PrintToString(office, &text);
    RETURN_IF_ERROR(policy::ReadTreatyOffice(text, "an office that the node sent").status());
    RETURN_IF_ERROR(WriteFile(absl::StrCat(folder, "/", office.state(), ".txtpb"), text));
  }
  return absl::OkStatus();
}

absl::Status Export(const std::string& folder, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  v1::GetTreatyBundleRequest request;
  Table table({"TEXTS", "ACTS"});
  int texts = 0;
  int acts = 0;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetTreatyBundle, request));
    ASSIGN_OR_RETURN(const treaty::TreatySources sources, treaty::SourcesOf(response.bundle()));
    RETURN_IF_ERROR(treaty::AddToTreatyFolder(folder, sources));
    RETURN_IF_ERROR(WriteOffices(folder + "/offices", response.offices()));
    treaty::AddToHoldings(response.bundle(), request.mutable_holdings());
    texts += response.bundle().treaties_size() + response.bundle().overlays_size();
    acts += response.bundle().acts_size();
    more = response.more();
  }
  table.AddRow({absl::StrCat(texts), absl::StrCat(acts)});
  PrintTableOrJson(environment, table);
  return absl::OkStatus();
}

}  // namespace

void AddExchangeCommands(const Command& treaty) {
  const Command publish = treaty.Add("publish", "Take texts and acts into use, and send them to all partners");
  const auto published = std::make_shared<PublishArguments>();
  published->context.set_purpose(v1::PURPOSE_TREATY_ADMINISTRATION);
  publish.Optional("files", "Treaties, overlays, and acts with their signatures beside them", Into(published->files));
  publish.Optional("--treaties", "Instead: all of a folder of treaties and registers", Into(published->treaties));
  AddCallContext(publish, published->context);
  publish.Run([published](Environment& environment) { return Publish(*published, environment); });

  const Command fetch = treaty.Add("fetch", "Ask partners for texts and acts that the node lacks");
  const auto fetched = std::make_shared<v1::FetchTreatiesRequest>();
  fetched->mutable_context()->set_purpose(v1::PURPOSE_TREATY_ADMINISTRATION);
  fetch.Optional("--partner", "Only this one; all if not given", Into(*fetched->mutable_partner()));
  AddCallContext(fetch, *fetched->mutable_context());
  fetch.Run([fetched](Environment& environment) { return Fetch(*fetched, environment); });

  const Command exported =
      treaty.Add("export", "Write all texts, acts and treaty offices that the node holds into a folder");
  const auto folder = std::make_shared<std::string>();
  exported.Required("--out", "The folder, as treaties_dir is laid out", Into(*folder));
  exported.Run([folder](Environment& environment) { return Export(*folder, environment); });
}

}  // namespace tamga::cli
