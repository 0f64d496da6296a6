// Messages that a node does not open: whoever hands them over gets a status, and they leave no trace in the log.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "tests/integration/message_fixture.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;

struct BadMessage {
  const char* what;
  v1::SealedMessage message;
  StatusCode code;
  const char* reason;
};

struct BadHeader {
  const char* what;
  std::function<void(v1::MessageHeader&)> spoil;
  StatusCode code;
  const char* reason;
};

class MessageTest : public MessageFixture {
 protected:
  static void ExpectUnopened(const std::vector<BadMessage>& messages) {
    const size_t entries = Entries().size();
    for (const BadMessage& bad : messages) {
      const absl::Status status = kyrgyz_->HandOver(bad.message).status();
      EXPECT_THAT(status, StatusIs(bad.code)) << bad.what;
      EXPECT_THAT(status, HasReason(bad.reason)) << bad.what;
    }
    EXPECT_EQ(Entries().size(), entries);
  }
  static void ExpectUnopened(const std::vector<BadHeader>& headers) {
    std::vector<BadMessage> messages;
    for (const BadHeader& bad : headers) {
      Draft draft = kyrgyz_->NewApplication();
      bad.spoil(draft.header);
      messages.push_back({bad.what, kyrgyz_->Seal(draft), bad.code, bad.reason});
    }
    ExpectUnopened(messages);
  }

  // A message in order but for the key that sealed it.
  static v1::SealedMessage SealedAs(const std::string& agency, certs::Role role, absl::Time since) {
    return kyrgyz_->SealAs({agency, role, "other"}, since, kyrgyz_->NewApplication());
  }
  static v1::SealedMessage SealedAs(const std::string& agency, certs::Role role) {
    return SealedAs(agency, role, kyrgyz_->Now());
  }
  static v1::SealedMessage Good() { return kyrgyz_->Seal(kyrgyz_->NewApplication()); }

  // Flips one bit of every byte, then cuts `part` at every length; none of it is opened.
  static void ExpectNoDamageUnnoticed(const v1::SealedMessage& good,
                                      const std::function<std::string*(v1::SealedMessage&)>& part,
                                      const std::vector<std::string>& reasons) {
    v1::SealedMessage message = good;
    std::string& bytes = *part(message);
    const std::string whole = bytes;
    for (size_t i = 0; i < whole.size(); ++i) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
      EXPECT_THAT(reasons, ::testing::Contains(ReasonOf(kyrgyz_->HandOver(message).status()))) << "flipped at " << i;
      bytes = whole.substr(0, i);
      EXPECT_THAT(reasons, ::testing::Contains(ReasonOf(kyrgyz_->HandOver(message).status()))) << "cut at " << i;
      bytes = whole;
    }
  }
};

TEST_F(MessageTest, AGoodRequestIsAnsweredUnderSealWithAReceipt) {
  const Draft draft = kyrgyz_->NewApplication();
  ASSERT_OK_AND_ASSIGN(const v1::ExchangeReply reply, kyrgyz_->Ask(kyrgyz_->Seal(draft)));
  EXPECT_FALSE(reply.has_refusal()) << reply.refusal().DebugString();
  v1::ReadmissionSubmission submission;
  v1::ReadmissionReceived received;
  ASSERT_TRUE(submission.ParseFromString(draft.body) && received.ParseFromString(reply.result()));
  EXPECT_EQ(received.case_id(), submission.case_id());
  EXPECT_GT(FromProto(received.reply_due_at()), FromProto(received.received_at()));
}

TEST_F(MessageTest, WithoutTheSendersOwnGoodSealNothingIsOpened) {
  v1::SealedMessage unsealed = Good();
  unsealed.clear_signatures();
  v1::SealedMessage twice = Good();
  *twice.add_signatures() = v1::Signature(twice.signatures(0));
  v1::SealedMessage borrowed = Good();
  *borrowed.mutable_signatures() = Good().signatures();
  v1::SealedMessage foreign_algorithm = Good();
  foreign_algorithm.mutable_signatures(0)->set_algorithm(certs::kGost256);
  v1::SealedMessage other_key_id = Good();
  other_key_id.mutable_signatures(0)->set_key_id(std::string(32, 'k'));
  const v1::SealedMessage good = Good();
  const absl::Time now = kyrgyz_->Now();
  const auto seal = certs::Role::kSeal;
  ExpectUnopened(std::vector<BadMessage>{
      {"no signature", unsealed, StatusCode::kUnauthenticated, "SEAL_MISSING"},
      {"two signatures of one algorithm", twice, StatusCode::kUnauthenticated, "SEAL_INVALID"},
      {"another message's signature", borrowed, StatusCode::kUnauthenticated, "SEAL_INVALID"},
      {"an algorithm not accepted", foreign_algorithm, StatusCode::kUnauthenticated, "SEAL_MISSING"},
      {"another key's identifier", other_key_id, StatusCode::kUnauthenticated, "SEAL_INVALID"},
      {"a TLS key", SealedAs(kKyrgyz, certs::Role::kNode), StatusCode::kUnauthenticated, "SEAL_UNTRUSTED"},
      {"a system's key", SealedAs(kKyrgyz, certs::Role::kSystem), StatusCode::kUnauthenticated, "SEAL_UNTRUSTED"},
      {"expired", SealedAs(kKyrgyz, seal, now - absl::Hours(48)), StatusCode::kUnauthenticated, "SEAL_UNTRUSTED"},
      {"not yet valid", SealedAs(kKyrgyz, seal, now + absl::Hours(1)), StatusCode::kUnauthenticated, "SEAL_UNTRUSTED"},
      {"the receiver's seal", SealedAs(kInterior, seal), StatusCode::kPermissionDenied, "WRONG_SENDER"},
      {"a sister agency's seal", SealedAs("KGZ/border-service", seal), StatusCode::kPermissionDenied, "WRONG_SENDER"},
      {"sealed as a reply", kyrgyz_->SealBytes(certs::kReplyType, good.header(), good.payload()),
       StatusCode::kUnauthenticated, "SEAL_INVALID"}});
}

TEST_F(MessageTest, EveryDamagedByteIsNoticed) {
  const v1::SealedMessage good = Good();
  const size_t entries = Entries().size();
  ExpectNoDamageUnnoticed(good, [](v1::SealedMessage& m) { return m.mutable_header(); },
                          {"SEAL_INVALID", "SEAL_UNTRUSTED"});  // of a time before the seal
  ExpectNoDamageUnnoticed(good, [](v1::SealedMessage& m) { return m.mutable_payload(); }, {"PAYLOAD_ALTERED"});
  ExpectNoDamageUnnoticed(good, [](v1::SealedMessage& m) { return m.mutable_signatures(0)->mutable_value(); },
                          {"SEAL_INVALID"});
  ExpectNoDamageUnnoticed(good, [](v1::SealedMessage& m) { return m.mutable_signatures(0)->mutable_key_id(); },
                          {"SEAL_INVALID"});
  for (int i = 0; i < good.signatures(0).certificate_chain_size(); ++i) {
    ExpectNoDamageUnnoticed(good,
                            [i](v1::SealedMessage& m) { return m.mutable_signatures(0)->mutable_certificate_chain(i); },
                            {"SEAL_UNTRUSTED", "SEAL_INVALID"});
  }
  EXPECT_EQ(Entries().size(), entries);
  EXPECT_OK(kyrgyz_->Ask(good));
}

TEST_F(MessageTest, AHeaderBetweenOtherPartiesIsNotOpened) {
  ExpectUnopened(std::vector<BadHeader>{
      {"from somebody else", [](auto& h) { h.set_from(kTajik); }, StatusCode::kPermissionDenied, "WRONG_SENDER"},
      {"from nobody", [](auto& h) { h.clear_from(); }, StatusCode::kPermissionDenied, "WRONG_SENDER"},
      {"to somebody else", [](auto& h) { h.set_to(kBorder); }, StatusCode::kPermissionDenied, "WRONG_RECEIVER"},
      {"asked by another agency", [](auto& h) { h.mutable_asker()->set_principal(SystemOf(kTajik).SpiffeId()); },
       StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"asked by no principal", [](auto& h) { h.mutable_asker()->set_principal("lane 7"); },
       StatusCode::kUnauthenticated, "BAD_IDENTITY"}});
}

TEST_F(MessageTest, AHeaderOutOfItsTimeIsNotOpened) {
  const absl::Time now = kyrgyz_->Now();
  const auto lives = [now](absl::Duration from, absl::Duration until) {
    return [=](v1::MessageHeader& header) {
      *header.mutable_issued_at() = ToProto(now + from);
      *header.mutable_expires_at() = ToProto(now + until);
    };
  };
  const absl::Duration hour = absl::Hours(1);
  const absl::Duration week = absl::Hours(24 * 7);
  ExpectUnopened(std::vector<BadHeader>{
      {"issued in the future", lives(hour, 2 * hour), StatusCode::kInvalidArgument, "FROM_THE_FUTURE"},
      {"expired", lives(-2 * hour, -hour), StatusCode::kInvalidArgument, "MESSAGE_EXPIRED"},
      {"lives too long", lives(-hour, week), StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"ends before it begins", lives(hour, -hour), StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"without issue", [](auto& h) { h.clear_issued_at(); }, StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"without expiry", [](auto& h) { h.clear_expires_at(); }, StatusCode::kInvalidArgument, "INVALID_HEADER"}});
}

TEST_F(MessageTest, AHeaderWithAFieldNotInOrderIsNotOpened) {
  const auto invalid = [](const char* what, std::function<void(v1::MessageHeader&)> spoil,
                          const char* reason = "INVALID_HEADER") {
    return BadHeader{what, std::move(spoil), StatusCode::kInvalidArgument, reason};
  };
  ExpectUnopened(std::vector<BadHeader>{
      invalid("another version", [](auto& h) { h.set_version(2); }),
      invalid("a UUID of version 4", [](auto& h) { (*h.mutable_exchange_id())[6] = '\x40'; }),
      invalid("half a UUID", [](auto& h) { h.mutable_exchange_id()->resize(8); }),
      invalid("an unknown operation", [](auto& h) { h.set_operation(static_cast<v1::Operation>(99)); }),
      invalid("no operation", [](auto& h) { h.clear_operation(); }),
      invalid("an unknown purpose", [](auto& h) { h.set_purpose(static_cast<v1::Purpose>(99)); }),
      invalid("no purpose", [](auto& h) { h.clear_purpose(); }),
      invalid("another kind of record", [](auto& h) { h.set_record_kind(v1::RECORD_KIND_WATCHLIST); }),
      invalid(
          "a sentence for a treaty", [](auto& h) { h.mutable_treaty()->set_id("no such treaty"); }, "INVALID_FIELD"),
      invalid("a digest of no treaty", [](auto& h) { h.mutable_treaty()->clear_id(); }),
      invalid("half a treaty digest", [](auto& h) { h.mutable_treaty()->mutable_document_sha256()->resize(16); }),
      invalid("a request that answers", [](auto& h) { h.set_request_hash(std::string(32, 'h')); }),
      invalid(
          "no case reference", [](auto& h) { h.mutable_asker()->clear_case_reference(); }, "INVALID_FIELD"),
      invalid(
          "a name for a reference",
          [](auto& h) { h.mutable_asker()->set_case_reference(absl::StrCat(kCanarySurname, " A.")); }, "INVALID_FIELD"),
      invalid(
          "a name for an officer", [](auto& h) { h.mutable_asker()->set_officer("A B"); }, "INVALID_FIELD"),
      invalid(
          "no idempotency key", [](auto& h) { h.clear_idempotency_key(); }, "INVALID_FIELD"),
      invalid(
          "a field from a later version",
          [](auto& h) { h.GetReflection()->MutableUnknownFields(&h)->AddVarint(1000, 1); }, "INVALID_BODY")});
}

TEST_F(MessageTest, WhatIsSealedAsARequestMustBeOne) {
  v1::MessageHeader header;
  const v1::SealedMessage good = Good();
  ASSERT_TRUE(header.ParseFromString(good.header()));
  header.set_kind(v1::MESSAGE_KIND_REPLY);
  const auto sealed = [](const std::string& bytes, const std::string& payload) {
    return kyrgyz_->SealBytes(certs::kRequestType, bytes, payload);
  };
  ExpectUnopened(std::vector<BadMessage>{
      {"a reply", sealed(header.SerializeAsString(), good.payload()), StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"no header", sealed("", ""), StatusCode::kPermissionDenied, "WRONG_SENDER"},
      {"no protobuf", sealed("\xff", ""), StatusCode::kInvalidArgument, "INVALID_BODY"}});
}

TEST_F(MessageTest, APayloadOtherThanTheSealedOneIsNotOpened) {
  v1::SealedMessage swapped = Good();
  swapped.set_payload(Good().payload());
  const v1::SealedMessage good = Good();
  v1::MessageHeader uncommitted;
  ASSERT_TRUE(uncommitted.ParseFromString(good.header()));
  uncommitted.set_commitment(std::string(32, 'c'));
  v1::MessageHeader withheld;
  ASSERT_TRUE(withheld.ParseFromString(good.header()));
  withheld.set_payload_withheld(true);
  withheld.clear_commitment();
  Draft committed = kyrgyz_->NewApplication();
  committed.body_type.clear();
  committed.header.set_commitment(kCanarySurname);
  const auto sealed = [&](const v1::MessageHeader& header) {
    return kyrgyz_->SealBytes(certs::kRequestType, header.SerializeAsString(), good.payload());
  };
  ExpectUnopened(std::vector<BadMessage>{
      {"another's payload", swapped, StatusCode::kInvalidArgument, "PAYLOAD_ALTERED"},
      {"another commitment", sealed(uncommitted), StatusCode::kInvalidArgument, "PAYLOAD_ALTERED"},
      {"withheld and yet committed to", kyrgyz_->Seal(committed), StatusCode::kInvalidArgument, "INVALID_HEADER"},
      {"withheld and yet there", sealed(withheld), StatusCode::kInvalidArgument, "PAYLOAD_ALTERED"}});
}

TEST_F(MessageTest, SizesAreBoundedToTheByte) {
  const auto sealed = [](const std::string& header, size_t payload_bytes) {
    return kyrgyz_->SealBytes(certs::kRequestType, header, std::string(payload_bytes, 'p'));
  };
  const std::string header = Good().header();
  constexpr size_t kHeader = 16 << 10;
  constexpr size_t kPayload = 768 << 10;
  ExpectUnopened(std::vector<BadMessage>{
      {"the largest header", sealed(std::string(kHeader, 'h'), 0), StatusCode::kInvalidArgument, "INVALID_BODY"},
      {"a byte more", sealed(std::string(kHeader + 1, 'h'), 0), StatusCode::kInvalidArgument, "MESSAGE_TOO_LARGE"},
      {"the largest payload", sealed(header, kPayload), StatusCode::kInvalidArgument, "PAYLOAD_ALTERED"},
      {"a byte more", sealed(header, kPayload + 1), StatusCode::kInvalidArgument, "MESSAGE_TOO_LARGE"}});
}

TEST_F(MessageTest, AfterAllOfItTheLogVerifiesAndNobodyIsNamed) { ExpectIntactAndDiscreet(); }

}  // namespace
}  // namespace tamga::testing
