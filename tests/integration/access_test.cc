// Every method of every service against every role.
#include "node/exchange/access.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
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
#include "tests/integration/access_table.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using certs::Role;

// What those who may call a method get for an empty request.
const std::map<std::string, StatusCode>& Answers() {
  static const auto& answers = *new std::map<std::string, StatusCode>{
      {"FederationService.Exchange", StatusCode::kUnauthenticated},
      {"FederationService.ExchangeStream", StatusCode::kUnauthenticated},
      {"FederationService.TransferAttachment", StatusCode::kInvalidArgument},
      {"ReadmissionService.SubmitReadmission", StatusCode::kInvalidArgument},
      {"ReadmissionService.ActOnReadmissionCase", StatusCode::kInvalidArgument},
      {"ReadmissionService.GetReadmissionCase", StatusCode::kInvalidArgument},
      {"ReadmissionService.ListReadmissionCases", StatusCode::kOk},
      {"ReadmissionService.WatchReadmissionCases", StatusCode::kDeadlineExceeded},
      {"ReadmissionService.PrintReadmissionForm", StatusCode::kInvalidArgument},
      {"TransitService.SubmitTransit", StatusCode::kInvalidArgument},
      {"TransitService.ActOnTransit", StatusCode::kInvalidArgument},
      {"TransitService.GetTransit", StatusCode::kInvalidArgument},
      {"TransitService.ListTransits", StatusCode::kOk},
      {"AttachmentService.QueryUpload", StatusCode::kInvalidArgument},
      {"AttachmentService.UploadAttachment", StatusCode::kInvalidArgument},
      {"AttachmentService.SendAttachment", StatusCode::kInvalidArgument},
      {"AttachmentService.GetAttachment", StatusCode::kInvalidArgument},
      {"AttachmentService.ListAttachments", StatusCode::kInvalidArgument},
      {"SafeguardService.SetSafeguard", StatusCode::kInvalidArgument},
      {"SafeguardService.GetSafeguard", StatusCode::kInvalidArgument},
      {"SafeguardService.ListSafeguards", StatusCode::kOk},
      {"SafeguardService.AskRelease", StatusCode::kInvalidArgument},
      {"SafeguardService.ReleaseSafeguard", StatusCode::kInvalidArgument},
      {"WatchlistService.PublishAlert", StatusCode::kInvalidArgument},
      {"WatchlistService.WithdrawAlert", StatusCode::kInvalidArgument},
      {"WatchlistService.ImportAlerts", StatusCode::kInvalidArgument},
      {"WatchlistService.GetAlert", StatusCode::kInvalidArgument},
      {"WatchlistService.CheckTraveller", StatusCode::kInvalidArgument},
      {"TraffickingService.SaveTraffickingCase", StatusCode::kInvalidArgument},
      {"TraffickingService.HandOverTraffickingCase", StatusCode::kInvalidArgument},
      {"TraffickingService.RetrieveTraffickingCase", StatusCode::kInvalidArgument},
      {"TraffickingService.GetTraffickingCase", StatusCode::kInvalidArgument},
      {"TraffickingService.ListTraffickingCases", StatusCode::kOk},
      {"ApprovalService.ListApprovals", StatusCode::kOk},
      {"ApprovalService.ApproveRequest", StatusCode::kInvalidArgument},
      {"ObligationService.ListHoldings", StatusCode::kOk},
      {"ObligationService.DischargeObligation", StatusCode::kInvalidArgument},
      {"TreatyService.PublishTreaties", StatusCode::kInvalidArgument},
      {"TreatyService.FetchTreaties", StatusCode::kInvalidArgument},
      {"TreatyService.GetTreatyBundle", StatusCode::kOk},
      {"AuditService.ListEntries", StatusCode::kOk},
      {"AuditService.GetExchange", StatusCode::kInvalidArgument},
      {"AuditService.GetCheckpoint", StatusCode::kOk},
      {"AuditService.GetEvidence", StatusCode::kInvalidArgument},
      {"AuditService.GetStatistics", StatusCode::kOk},
      {"AuditService.OpenMessage", StatusCode::kInvalidArgument},
      {"AuditService.ProveInclusion", StatusCode::kOk},
      {"AuditService.TailEntries", StatusCode::kDeadlineExceeded},
      {"AuditService.ProveConsistency", StatusCode::kInvalidArgument},
      {"AuditService.VerifyLog", StatusCode::kOk},
      {"AuditService.GetTiles", StatusCode::kInvalidArgument},
      {"AuditService.Reconcile", StatusCode::kInvalidArgument},
      {"TrustService.PushRevocations", StatusCode::kOk},
      {"TrustService.FetchRevocations", StatusCode::kOk},
      {"TrustService.GetTrust", StatusCode::kOk},
      {"WitnessService.AddCheckpoint", StatusCode::kUnimplemented},  // this node is no witness
      {"WitnessService.ProveGrowth", StatusCode::kOk},
      {"WitnessService.GetWitnessing", StatusCode::kFailedPrecondition},
      {"WitnessService.SettleContradiction", StatusCode::kInvalidArgument},
      {"CourierService.ExportRequests", StatusCode::kInvalidArgument},
      {"CourierService.ImportBundle", StatusCode::kFailedPrecondition},
      {"CourierService.ExportReplies", StatusCode::kInvalidArgument},
      {"AdminService.GetNodeStatus", StatusCode::kOk},
      {"AdminService.GetMetrics", StatusCode::kOk},
      {"AdminService.ListDecisions", StatusCode::kOk},
      {"AdminService.ListOutbox", StatusCode::kOk},
      {"AdminService.ListDeadLetters", StatusCode::kOk},
      {"AdminService.ReleaseDeadLetter", StatusCode::kInvalidArgument},
      {"AdminService.DiscardDeadLetter", StatusCode::kInvalidArgument},
      {"AdminService.ListTreaties", StatusCode::kOk},
      {"AdminService.ExplainDecision", StatusCode::kInvalidArgument},
  };
  return answers;
}

// Entry 0 is that an auditor of the own State read the log, which others are not shown.
constexpr char kShownToOwnState[] = "AuditService.ProveInclusion";
// Rows of the table about the log over HTTPS.
constexpr absl::string_view kOverHttps = "LogServer.";

std::map<std::string, Permission> ReadTable() {
  const absl::StatusOr<std::string> text = ReadFile(TAMGA_SOURCE_DIR "/docs/access.md");
  EXPECT_OK(text);
  absl::StatusOr<std::map<std::string, Permission>> table = ParseAccessTable(text.ok() ? *text : "");
  EXPECT_OK(table);
  return table.ok() ? *std::move(table) : std::map<std::string, Permission>();
}

// "AdminService.ListOutbox" and all others, as the contracts name them.
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
        methods.push_back(absl::StrCat(service, ".", line.substr(0, line.find('('))));
      }
    }
  }
  return methods;
}

std::string PathOf(const std::string& method) {
  return absl::StrCat("/tamga.v1.", absl::StrReplaceAll(method, {{".", "/"}}));
}

// They end when their caller does not wait any longer.
constexpr absl::string_view kEndless[] = {"/tamga.v1.AuditService/TailEntries",
                                          "/tamga.v1.ReadmissionService/WatchReadmissionCases"};

// What the method at `path` says to an empty request, whether it streams or not.
absl::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel, const std::string& path) {
  const auto context = Patience();
  context->set_wait_for_ready(false);
  if (std::count(std::begin(kEndless), std::end(kEndless), path) > 0)
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
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

  const std::map<std::string, Permission> table_ = ReadTable();
  std::unique_ptr<Federation> federation_;
};

TEST_F(AccessTest, TheTableHoldsEveryMethodOfEveryServiceAndNoOther) {
  const std::vector<std::string> methods = AllMethods();
  for (const std::string& method : methods) EXPECT_EQ(table_.count(method), 1u) << method;
  size_t over_grpc = 0;
  for (const auto& [method, unused] : table_) {
    if (!absl::StartsWith(method, kOverHttps)) ++over_grpc;
  }
  EXPECT_EQ(over_grpc, methods.size());
  EXPECT_EQ(Answers().size(), methods.size());
}

TEST_F(AccessTest, EachMethodServesItsRolesAndNoOther) {
  const certs::Principal callers[] = {
      SystemOf(kInterior), OfficerOf(kInterior),  TreatyOfficerOf(kInterior),   ProtectionOfficerOf(kInterior),
      AuditorOf("KAZ"),    OperatorOf(kInterior), {kKyrgyz, Role::kNode, "n1"}, AuditorOf("KGZ")};
  for (const certs::Principal& caller : callers) {
    const std::shared_ptr<grpc::Channel> channel = federation_->Connect(caller, kInterior);
    const bool is_foreign_auditor = caller.role == Role::kAuditor && caller.State() != StateOf(kInterior);
    for (const auto& [method, answer] : Answers()) {
      SCOPED_TRACE(absl::StrCat(method, " by ", caller.SpiffeId()));
      ASSERT_EQ(table_.count(method), 1u);
      const Permission& permission = table_.at(method);
      const absl::Status status = CallEmpty(channel, PathOf(method));
      if (permission.roles.count(caller.role) == 0) {
        EXPECT_THAT(status, StatusIs(StatusCode::kPermissionDenied));
        EXPECT_THAT(status, HasReason("WRONG_ROLE"));
      } else if (is_foreign_auditor && permission.own_auditors_only) {
        EXPECT_THAT(status, StatusIs(StatusCode::kPermissionDenied));
      } else if (is_foreign_auditor && method == kShownToOwnState) {
        EXPECT_THAT(status, StatusIs(StatusCode::kNotFound));
      } else {
        EXPECT_THAT(status, StatusIs(answer));
      }
    }
  }
}

// How it asks is shown by the log server's own tests.
TEST_F(AccessTest, TheLogOverHttpsServesItsRolesAndNoOther) {
  const exchange::AccessPolicy policy = {kInterior, {kKyrgyz}, {AuditorOf("KAZ").agency}};
  for (const auto& [method, permission] : table_) {
    if (!absl::StartsWith(method, kOverHttps)) continue;
    for (const certs::Principal& caller :
         {SystemOf(kInterior), OfficerOf(kInterior), TreatyOfficerOf(kInterior), ProtectionOfficerOf(kInterior),
          AuditorOf("KAZ"), OperatorOf(kInterior), certs::Principal{kKyrgyz, Role::kNode, "n1"}}) {
      EXPECT_EQ(exchange::CheckAccess(policy, caller, method).ok(), permission.roles.count(caller.role) == 1)
          << method << " by " << caller.SpiffeId();
    }
  }
}

TEST_F(AccessTest, ASealMayCallNothing) {
  const std::shared_ptr<grpc::Channel> channel = federation_->Connect({kInterior, Role::kSeal, "n1"}, kInterior);
  for (const auto& [method, unused] : Answers()) {
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

TEST(AccessTableTest, ATableInAnotherFormIsRefused) {
  const std::string head = "text\n| call | officer | auditor |\n| --- | --- | --- |\n";
  ASSERT_OK_AND_ASSIGN(const auto table, ParseAccessTable(head + "| `A.B` | yes | own State |\n\n| other | table |\n"));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.at("A.B").roles, (std::set<Role>{Role::kOfficer, Role::kAuditor}));
  EXPECT_TRUE(table.at("A.B").own_auditors_only);
  for (const char* rows : {"", "| A.B | yes | yes |", "| `A.B` | yes |", "| `A.B` | Yes | |", "| `A.B` | own State | |",
                           "| `A.B` | yes | |\n| `A.B` | | yes |"}) {
    EXPECT_FALSE(ParseAccessTable(head + rows).ok()) << rows;
  }
  EXPECT_FALSE(ParseAccessTable("| call | king |\n| --- | --- |\n| `A.B` | yes |").ok());
}

}  // namespace
}  // namespace tamga::testing
