// Every method of every service against every role.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text.h"
#include "node/exchange/grpc_status.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using certs::Role;

// Who may call a method, and what they get for an empty request.
struct Access {
  std::set<Role> roles;
  StatusCode answer;
  StatusCode answer_to_other_state = {};  // where it is another one; kOk: it is not
};

const std::map<std::string, Access>& Table() {
  static const std::set<Role> nodes = {Role::kNode};
  static const std::set<Role> agency = {Role::kSystem, Role::kOfficer};
  static const std::set<Role> officers = {Role::kOfficer};
  static const std::set<Role> auditors = {Role::kAuditor};
  static const std::set<Role> operators = {Role::kOperator};
  static const std::set<Role> office = {Role::kOfficer, Role::kOperator};
  static const std::set<Role> readers = {Role::kSystem, Role::kOfficer, Role::kAuditor, Role::kOperator};
  static const auto& table = *new std::map<std::string, Access>{
      {"FederationService/Exchange", {nodes, StatusCode::kUnauthenticated}},
      {"FederationService/ExchangeStream", {nodes, StatusCode::kUnauthenticated}},
      {"ReadmissionService/SubmitReadmission", {agency, StatusCode::kInvalidArgument}},
      {"ReadmissionService/ReplyToReadmission", {agency, StatusCode::kInvalidArgument}},
      {"ReadmissionService/GetReadmissionCase", {agency, StatusCode::kInvalidArgument}},
      {"ReadmissionService/ListReadmissionCases", {agency, StatusCode::kOk}},
      {"WatchlistService/PublishAlert", {agency, StatusCode::kInvalidArgument}},
      {"WatchlistService/WithdrawAlert", {agency, StatusCode::kInvalidArgument}},
      {"WatchlistService/ImportAlerts", {agency, StatusCode::kInvalidArgument}},
      {"WatchlistService/GetAlert", {agency, StatusCode::kInvalidArgument}},
      {"WatchlistService/CheckTraveller", {agency, StatusCode::kInvalidArgument}},
      {"TraffickingService/SaveTraffickingCase", {agency, StatusCode::kInvalidArgument}},
      {"TraffickingService/HandOverTraffickingCase", {agency, StatusCode::kInvalidArgument}},
      {"TraffickingService/RetrieveTraffickingCase", {agency, StatusCode::kInvalidArgument}},
      {"TraffickingService/GetTraffickingCase", {agency, StatusCode::kInvalidArgument}},
      {"TraffickingService/ListTraffickingCases", {agency, StatusCode::kOk}},
      {"ApprovalService/ListApprovals", {officers, StatusCode::kOk}},
      {"ApprovalService/ApproveRequest", {officers, StatusCode::kInvalidArgument}},
      {"ObligationService/ListHoldings", {readers, StatusCode::kOk}},
      {"ObligationService/DischargeObligation", {{Role::kOfficer}, StatusCode::kInvalidArgument}},
      {"TreatyService/PublishTreaties", {office, StatusCode::kInvalidArgument}},
      {"TreatyService/FetchTreaties", {office, StatusCode::kInvalidArgument}},
      {"TreatyService/GetTreatyBundle", {readers, StatusCode::kOk}},
      {"AuditService/ListEntries", {auditors, StatusCode::kOk}},
      {"AuditService/GetExchange", {auditors, StatusCode::kInvalidArgument}},
      {"AuditService/GetCheckpoint", {auditors, StatusCode::kOk}},
      {"AuditService/GetEvidence", {auditors, StatusCode::kInvalidArgument}},
      {"AuditService/GetStatistics", {auditors, StatusCode::kOk}},
      {"AuditService/OpenMessage", {auditors, StatusCode::kInvalidArgument, StatusCode::kPermissionDenied}},
      // Entry 0 is that an auditor of the own State read the log.
      {"AuditService/ProveInclusion", {auditors, StatusCode::kOk, StatusCode::kNotFound}},
      {"AuditService/TailEntries", {auditors, StatusCode::kDeadlineExceeded}},
      {"AuditService/ProveConsistency", {auditors, StatusCode::kInvalidArgument}},
      {"AuditService/VerifyLog", {auditors, StatusCode::kOk}},
      {"AuditService/GetTiles", {auditors, StatusCode::kInvalidArgument}},
      {"AuditService/Reconcile",
       {{Role::kAuditor, Role::kOfficer}, StatusCode::kInvalidArgument, StatusCode::kPermissionDenied}},
      {"WitnessService/AddCheckpoint", {nodes, StatusCode::kUnimplemented}},
      {"WitnessService/ProveGrowth", {nodes, StatusCode::kOk}},
      {"WitnessService/GetWitnessing", {{Role::kOperator, Role::kAuditor}, StatusCode::kFailedPrecondition}},
      {"WitnessService/SettleContradiction", {operators, StatusCode::kInvalidArgument}},
      {"AdminService/GetNodeStatus", {operators, StatusCode::kOk}},
      {"AdminService/ListDecisions",
       {{Role::kOfficer, Role::kOperator, Role::kAuditor}, StatusCode::kOk, StatusCode::kPermissionDenied}},
      {"AdminService/ListOutbox", {operators, StatusCode::kOk}},
      {"AdminService/ListTreaties", {readers, StatusCode::kOk}},
      {"AdminService/ExplainDecision", {readers, StatusCode::kInvalidArgument}},
  };
  return table;
}

// "AdminService/ListOutbox" and all others, as the contracts name them.
std::vector<std::string> AllMethods() {
  const std::string folder = absl::StrCat(TAMGA_SOURCE_DIR, "/proto/tamga/v1/");
  const absl::StatusOr<std::vector<std::string>> files = ListFolder(folder, ".proto");
  EXPECT_OK(files);
  std::vector<std::string> methods;
  for (const std::string& file : files.ok() ? *files : std::vector<std::string>()) {
    if (file == "enrolment_service.proto") continue;  // tamga-authority's, which no node serves
    const absl::StatusOr<std::string> text = ReadFile(folder + file);
    EXPECT_OK(text);
    std::string service;
    for (absl::string_view line : absl::StrSplit(text.ok() ? *text : "", '\n')) {
      if (absl::ConsumePrefix(&line, "service ")) service = std::string(line.substr(0, line.find(' ')));
      if (absl::ConsumePrefix(&line, "  rpc ")) {
        methods.push_back(absl::StrCat(service, "/", line.substr(0, line.find('('))));
      }
    }
  }
  return methods;
}

std::string PathOf(const std::string& method) { return absl::StrCat("/tamga.v1.", method); }

// It ends when its caller does not wait any longer.
constexpr char kEndless[] = "/tamga.v1.AuditService/TailEntries";

// What the method at `path` says to an empty request, whether it streams or not.
absl::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel, const std::string& path) {
  const auto context = Patience();
  context->set_wait_for_ready(false);
  if (path == kEndless) context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  grpc::CompletionQueue queue;
  const auto call = grpc::GenericStub(channel).PrepareCall(context.get(), path, &queue);
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  done();
  const grpc::Slice nothing;
  call->WriteLast(grpc::ByteBuffer(&nothing, 1), grpc::WriteOptions(), nullptr);
  done();
  grpc::ByteBuffer response;
  do {
    call->Read(&response, nullptr);
  } while (done());
  grpc::Status status;
  call->Finish(&status, nullptr);
  done();
  return exchange::FromGrpc(status);
}

class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->node(kInterior).Start());
    ASSERT_OK(federation_->WaitUntilServing(kInterior));
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(AccessTest, TheTableHoldsEveryMethodOfEveryService) {
  const std::vector<std::string> methods = AllMethods();
  for (const std::string& method : methods) EXPECT_EQ(Table().count(method), 1u) << method;
  EXPECT_EQ(Table().size(), methods.size());
}

TEST_F(AccessTest, EachMethodServesItsRolesAndNoOther) {
  const certs::Principal callers[] = {SystemOf(kInterior),   {kInterior, Role::kOfficer, "test"}, AuditorOf("KAZ"),
                                      OperatorOf(kInterior), {kKyrgyz, Role::kNode, "n1"},        AuditorOf("KGZ")};
  for (const certs::Principal& caller : callers) {
    const std::shared_ptr<grpc::Channel> channel = federation_->Connect(caller, kInterior);
    for (const auto& [method, access] : Table()) {
      SCOPED_TRACE(absl::StrCat(method, " by ", caller.SpiffeId()));
      const absl::Status status = CallEmpty(channel, PathOf(method));
      const bool other_state = caller.role == Role::kAuditor && caller.State() != StateOf(kInterior);
      if (access.roles.count(caller.role) == 1) {
        const bool differs = other_state && access.answer_to_other_state != StatusCode::kOk;
        EXPECT_THAT(status, StatusIs(differs ? access.answer_to_other_state : access.answer));
      } else {
        EXPECT_THAT(status, StatusIs(StatusCode::kPermissionDenied));
        EXPECT_THAT(status, HasReason("WRONG_ROLE"));
      }
    }
  }
}

TEST_F(AccessTest, ASealMayCallNothing) {
  const std::shared_ptr<grpc::Channel> channel = federation_->Connect({kInterior, Role::kSeal, "n1"}, kInterior);
  for (const auto& [method, unused] : Table()) {
    EXPECT_THAT(CallEmpty(channel, PathOf(method)), StatusIs(StatusCode::kUnavailable)) << method;
  }
}

TEST_F(AccessTest, WhatIsNotInTheTableIsNotThere) {
  const std::shared_ptr<grpc::Channel> channel = federation_->Connect(OperatorOf(kInterior), kInterior);
  for (const char* path : {"/tamga.v1.AdminService/Shutdown", "/tamga.v1.AdminService/getnodestatus", "/", "",
                           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_THAT(CallEmpty(channel, path), StatusIs(StatusCode::kUnimplemented)) << path;
  }
}

}  // namespace
}  // namespace tamga::testing
