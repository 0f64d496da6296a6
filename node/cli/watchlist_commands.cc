// tamga watchlist: publish and withdraw alerts, take in lists. The check of a traveller is in watchlist_check.cc.
#include <memory>

#include "adapters/json_record.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/commands.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/watchlist_parts.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::WatchlistService::Stub;

absl::Status Publish(const std::string& file, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(file));
  v1::PublishAlertRequest request;
  RETURN_IF_ERROR(adapters::ReadJson(json, *request.mutable_alert()));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::PublishAlert, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Say(environment, response.created() ? "Published." : "Replaced the alert of this identifier.");
  return absl::OkStatus();
}

absl::Status Withdraw(const v1::WithdrawAlertRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::WithdrawAlert, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Say(environment, "Withdrawn.");
  return absl::OkStatus();
}

absl::Status Show(const v1::GetAlertRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetAlert, request));
  PrintRecord(environment, response, response.alert());
  return absl::OkStatus();
}

void AddPublish(const Command& watchlist) {
  const Command command = watchlist.Add("publish", "Publish or replace an alert of the own agency");
  const auto file = std::make_shared<std::string>();
  command.Required("--alert", "JSON file with the alert", Into(*file));
  command.Run([file](Environment& environment) { return Publish(*file, environment); });
}

void AddWithdraw(const Command& watchlist) {
  const Command command = watchlist.Add("withdraw", "Withdraw an alert; it is found no more");
  const auto request = std::make_shared<v1::WithdrawAlertRequest>();
  command.Required("alert", "The alert's identifier", Into(*request->mutable_alert_id()));
  command.Run([request](Environment& environment) { return Withdraw(*request, environment); });
}

void AddShow(const Command& watchlist) {
  const Command command = watchlist.Add("show", "Show an own or imported alert");
  const auto request = std::make_shared<v1::GetAlertRequest>();
  command.Required("alert", "The alert's identifier", Into(*request->mutable_alert_id()));
  command.Run([request](Environment& environment) { return Show(*request, environment); });
}

}  // namespace

void AddWatchlistCommands(const Command& root) {
  const Command watchlist = root.Add("watchlist", "Check travellers, publish alerts, take in lists");
  AddCheckCommand(watchlist);
  AddPublish(watchlist);
  AddWithdraw(watchlist);
  AddShow(watchlist);
  AddImportCommand(watchlist);
}

}  // namespace tamga::cli
