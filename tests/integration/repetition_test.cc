// What is opened is answered under seal, and whatever is repeated has one effect.
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "node/exchange/grpc_status.h"
#include "tests/integration/message_fixture.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;

class RepetitionTest : public MessageFixture {
 protected:
  // The entries of one exchange, oldest first.
  static std::vector<v1::LogEntry> EntriesAbout(const Draft& draft) {
    std::vector<v1::LogEntry> found;
    for (const v1::IndexedEntry& indexed : Entries()) {
      if (indexed.entry().exchange_id() == draft.header.exchange_id()) found.push_back(indexed.entry());
    }
    return found;
  }
};

struct Refused {
  const char* what;
  std::function<void(Draft&)> spoil;
  StatusCode code;
  const char* reason;
  v1::EntryOutcome outcome;
};

// Changes the submission in the draft's body.
std::function<void(Draft&)> Submission(std::function<void(v1::ReadmissionSubmission&)> change) {
  return [change = std::move(change)](Draft& draft) {
    v1::ReadmissionSubmission submission;
    ASSERT_TRUE(submission.ParseFromString(draft.body));
    change(submission);
    SetBody(submission, &draft);
  };
}

TEST_F(RepetitionTest, ARefusalIsSealedLoggedAndHasNoEffect) {
  const auto denied = v1::ENTRY_OUTCOME_DENIED;
  const auto failed = v1::ENTRY_OUTCOME_FAILED;
  const std::vector<Refused> refused = {
      {"an unknown treaty", [](Draft& d) { d.header.mutable_treaty()->set_id("NO-SUCH-TREATY"); },
       StatusCode::kPermissionDenied, "TREATY_UNKNOWN", denied},
      {"another text of the treaty",
       [](Draft& d) { d.header.mutable_treaty()->set_document_sha256(std::string(32, 't')); },
       StatusCode::kPermissionDenied, "TREATY_TEXT_DIFFERS", denied},
      {"a purpose that the treaty does not serve", [](Draft& d) { d.header.set_purpose(v1::PURPOSE_BORDER_CHECK); },
       StatusCode::kPermissionDenied, "NO_GRANT", denied},
      {"a payload withheld", [](Draft& d) { d.body_type.clear(); }, StatusCode::kPermissionDenied, "PAYLOAD_WITHHELD",
       denied},
      {"another type of payload", [](Draft& d) { d.body_type = "tamga.v1.WatchlistQuery"; },
       StatusCode::kInvalidArgument, "INVALID_BODY", failed},
      {"a body that is no protobuf", [](Draft& d) { d.body = "\xff"; }, StatusCode::kInvalidArgument, "INVALID_BODY",
       failed},
      {"a field from a later version", Submission([](v1::ReadmissionSubmission& s) {
         s.mutable_application()
             ->GetReflection()
             ->MutableUnknownFields(s.mutable_application())
             ->AddLengthDelimited(1000, kCanarySurname);
       }),
       StatusCode::kInvalidArgument, "INVALID_BODY", failed},
      {"a field that the treaty does not allow",
       Submission([](v1::ReadmissionSubmission& s) { s.mutable_application()->set_confession(kCanarySurname); }),
       StatusCode::kPermissionDenied, "REQUEST_EXCEEDS_TREATY", denied},
      {"a case that is none", Submission([](v1::ReadmissionSubmission& s) { s.set_case_id(kCanarySurname); }),
       StatusCode::kInvalidArgument, "INVALID_FIELD", failed}};
  const int cases = Cases();
  for (const Refused& expected : refused) {
    Draft draft = kyrgyz_->NewApplication();
    expected.spoil(draft);
    const absl::StatusOr<v1::ExchangeReply> reply = kyrgyz_->Ask(kyrgyz_->Seal(draft));
    ASSERT_OK(reply) << expected.what;
    EXPECT_EQ(static_cast<StatusCode>(reply->refusal().grpc_code()), expected.code) << expected.what;
    EXPECT_EQ(reply->refusal().reason(), expected.reason) << expected.what;
    EXPECT_EQ(reply->result(), "") << expected.what;
    EXPECT_EQ(reply->disclosure(), v1::DISCLOSURE_LEVEL_NONE) << expected.what;
    const std::vector<v1::LogEntry> entries = EntriesAbout(draft);
    ASSERT_EQ(entries.size(), 2u) << expected.what;
    EXPECT_EQ(entries[0].kind(), v1::ENTRY_KIND_RECEIVED) << expected.what;
    EXPECT_EQ(entries[1].kind(), v1::ENTRY_KIND_ANSWERED) << expected.what;
    EXPECT_EQ(entries[1].outcome(), expected.outcome) << expected.what;
    EXPECT_EQ(entries[1].reason(), expected.reason) << expected.what;
  }
  EXPECT_EQ(Cases(), cases);
}

TEST_F(RepetitionTest, TheSameBytesTwiceGetTheSameReplyAndHaveOneEffect) {
  const int cases = Cases();
  const Draft draft = kyrgyz_->NewApplication();
  const v1::SealedMessage request = kyrgyz_->Seal(draft);
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage first, kyrgyz_->HandOver(request));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage second, kyrgyz_->HandOver(request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_OK(kyrgyz_->Open(second, request));
  EXPECT_EQ(Cases(), cases + 1);
  const std::vector<v1::LogEntry> entries = EntriesAbout(draft);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].kind(), v1::ENTRY_KIND_RECEIVED);
  EXPECT_EQ(entries[0].reason(), "");
  EXPECT_EQ(entries[1].kind(), v1::ENTRY_KIND_ANSWERED);
  EXPECT_EQ(entries[2].kind(), v1::ENTRY_KIND_RECEIVED);
  EXPECT_EQ(entries[2].reason(), "REPEATED");
}

TEST_F(RepetitionTest, TheSameBytesAtTheSameTimeGetTheSameReplyAndHaveOneEffect) {
  const int cases = Cases();
  const Draft draft = kyrgyz_->NewApplication();
  const v1::SealedMessage request = kyrgyz_->Seal(draft);
  std::vector<absl::StatusOr<v1::SealedMessage>> replies(8, absl::UnknownError("not asked"));
  std::vector<std::thread> threads;
  for (absl::StatusOr<v1::SealedMessage>& reply : replies) {
    threads.emplace_back([&] { reply = kyrgyz_->HandOver(request); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<v1::SealedMessage>& reply : replies) {
    ASSERT_OK(reply);
    EXPECT_EQ(reply->SerializeAsString(), replies[0]->SerializeAsString());
  }
  EXPECT_EQ(Cases(), cases + 1);
  int answered = 0;
  for (const v1::LogEntry& entry : EntriesAbout(draft)) answered += entry.kind() == v1::ENTRY_KIND_ANSWERED ? 1 : 0;
  EXPECT_EQ(answered, 1);
}

TEST_F(RepetitionTest, AnExchangeIdCannotBeUsedForAnotherMessage) {
  const Draft first = kyrgyz_->NewApplication();
  ASSERT_OK(kyrgyz_->Ask(kyrgyz_->Seal(first)));
  const int cases = Cases();
  Draft second = kyrgyz_->NewApplication();
  second.header.set_exchange_id(first.header.exchange_id());
  const absl::Status status = kyrgyz_->HandOver(kyrgyz_->Seal(second)).status();
  EXPECT_THAT(status, StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(status, HasReason("EXCHANGE_ID_REUSED"));
  EXPECT_EQ(Cases(), cases);
  EXPECT_EQ(EntriesAbout(first).size(), 2u);
}

TEST_F(RepetitionTest, TheSameRequestUnderAnotherExchangeIdGetsTheSameAnswerAndHasOneEffect) {
  const int cases = Cases();
  Draft draft = kyrgyz_->NewApplication();
  ASSERT_OK_AND_ASSIGN(const v1::ExchangeReply first, kyrgyz_->Ask(kyrgyz_->Seal(draft)));
  draft.header.set_exchange_id(kyrgyz_->NewExchangeId());
  ASSERT_OK_AND_ASSIGN(const v1::ExchangeReply second, kyrgyz_->Ask(kyrgyz_->Seal(draft)));
  EXPECT_FALSE(second.has_refusal()) << second.refusal().DebugString();
  EXPECT_EQ(second.result(), first.result());
  EXPECT_NE(second.receipt().entry(), first.receipt().entry());
  EXPECT_EQ(Cases(), cases + 1);
}

TEST_F(RepetitionTest, AnIdempotencyKeyCannotBeUsedForAnotherRequest) {
  const Draft first = kyrgyz_->NewApplication();
  ASSERT_OK(kyrgyz_->Ask(kyrgyz_->Seal(first)));
  const int cases = Cases();
  Draft second = kyrgyz_->NewApplication();
  second.header.set_idempotency_key(first.header.idempotency_key());
  ASSERT_OK_AND_ASSIGN(const v1::ExchangeReply reply, kyrgyz_->Ask(kyrgyz_->Seal(second)));
  EXPECT_EQ(reply.refusal().reason(), "IDEMPOTENCY_MISMATCH");
  EXPECT_EQ(static_cast<StatusCode>(reply.refusal().grpc_code()), StatusCode::kAlreadyExists);
  EXPECT_EQ(Cases(), cases);
}

TEST_F(RepetitionTest, AStreamIsAnsweredInTheOrderOfItsRequests) {
  Draft refused = kyrgyz_->NewApplication();
  refused.header.set_purpose(v1::PURPOSE_BORDER_CHECK);
  const v1::SealedMessage good = kyrgyz_->Seal(kyrgyz_->NewApplication());
  const std::vector<v1::SealedMessage> requests = {good, kyrgyz_->Seal(refused), good};
  const int cases = Cases();
  const auto context = Patience();
  const auto stream = kyrgyz_->stub().ExchangeStream(context.get());
  for (const v1::SealedMessage& request : requests) ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  std::vector<v1::SealedMessage> replies(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_TRUE(stream->Read(&replies[i]));
    ASSERT_OK_AND_ASSIGN(const v1::ExchangeReply reply, kyrgyz_->Open(replies[i], requests[i]));
    EXPECT_EQ(reply.refusal().reason(), i == 1 ? "NO_GRANT" : "");
  }
  EXPECT_EQ(replies[2].SerializeAsString(), replies[0].SerializeAsString());
  v1::SealedMessage none;
  EXPECT_FALSE(stream->Read(&none));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Cases(), cases + 1);
}

TEST_F(RepetitionTest, AMessageThatCannotBeOpenedEndsItsStream) {
  const Draft before = kyrgyz_->NewApplication();
  const Draft after = kyrgyz_->NewApplication();
  v1::SealedMessage unsealed = kyrgyz_->Seal(kyrgyz_->NewApplication());
  unsealed.clear_signatures();
  const auto context = Patience();
  const auto stream = kyrgyz_->stub().ExchangeStream(context.get());
  // The stream may end before the last is written.
  for (const v1::SealedMessage& request : {kyrgyz_->Seal(before), unsealed, kyrgyz_->Seal(after)}) {
    stream->Write(request);
  }
  stream->WritesDone();
  v1::SealedMessage reply;
  EXPECT_TRUE(stream->Read(&reply));
  EXPECT_FALSE(stream->Read(&reply));
  const absl::Status status = exchange::FromGrpc(stream->Finish());
  EXPECT_THAT(status, StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(status, HasReason("SEAL_MISSING"));
  EXPECT_EQ(EntriesAbout(before).size(), 2u);
  EXPECT_EQ(EntriesAbout(after).size(), 0u);
}

TEST_F(RepetitionTest, AfterAllOfItTheLogVerifiesAndNobodyIsNamed) { ExpectIntactAndDiscreet(); }

}  // namespace
}  // namespace tamga::testing
