// Two nodes' attachments in one process, joined by doors without network.
#include "node/attachment/attachments.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/attachment/attachment_sender.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::attachment {
namespace {

constexpr char kKaz[] = "KAZ/interior-ministry";
constexpr char kKgz[] = "KGZ/interior-ministry";
constexpr char kTestCase[] = "018f3c2e-7b1a-7c3d-9e4f-0123456789ab";

// A PDF as far as its first bytes tell.
std::string TestPdf(size_t size) {
  std::string bytes = "%PDF-1.4\n";
  for (size_t i = 0; bytes.size() < size; ++i) bytes += static_cast<char>('a' + i / kBlockBytes % 26);
  return bytes;
}

v1::AttachmentManifest ManifestOf(const std::string& bytes) {
  v1::AttachmentManifest manifest;
  manifest.set_case_id(kTestCase);
  manifest.set_kind(v1::ATTACHMENT_KIND_SCAN);
  manifest.set_media_type("application/pdf");
  manifest.set_size(bytes.size());
  manifest.set_sha256(Sha256(bytes));
  return manifest;
}

v1::CallContext TestContext() {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_READMISSION);
  context.set_case_reference("KZ-R-17");
  return context;
}

class OneCase final : public CaseLookup {
 public:
  explicit OneCase(const std::string& partner) {
    terms.partner = partner;
    terms.treaty_id = "TEST-TREATY";
    terms.is_open = true;
    v1::AttachmentRule rule;
    rule.set_kind(v1::ATTACHMENT_KIND_SCAN);
    rule.add_media_types("application/pdf");
    rule.set_max_bytes(8u << 20);
    rule.add_cites("7");
    terms.rules.push_back(rule);
  }
  absl::StatusOr<CaseTerms> Find(const std::string& case_id) const override {
    if (case_id == kTestCase) return terms;
    return Error(absl::StatusCode::kNotFound, "CASE_UNKNOWN", "no such case");
  }
  CaseTerms terms;
};

class VerdictScanner final : public Scanner {
 public:
  std::unique_ptr<Scan> Begin() const override { return std::make_unique<OneScan>(verdict); }
  absl::Status verdict;

 private:
  class OneScan final : public Scan {
   public:
    explicit OneScan(absl::Status verdict) : verdict_(std::move(verdict)) {}
    void Feed(absl::string_view) override {}
    absl::Status End() override { return verdict_; }

   private:
    const absl::Status verdict_;
  };
};

struct AttachmentNode {
  AttachmentNode(const std::string& agency, const std::string& partner, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        cases(partner),
        attachments({agency,
                     store.database(),
                     store.records(),
                     store.writer(),
                     door,
                     uses,
                     cases,
                     &scanner,
                     clock,
                     rng,
                     [this] { return free_bytes; },
                     {}}),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
    door.Serve(attachments);
  }

  // Uploads the bytes from where they are wanted; ends before `until`.
  absl::StatusOr<v1::Attachment> Upload(const v1::AttachmentManifest& manifest, const std::string& bytes,
                                        size_t until = std::string::npos) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Reception> reception, attachments.Upload(call, TestContext(), manifest));
    const size_t end = std::min(until, bytes.size());
    for (size_t at = reception->offset(); at < end; at += kMostChunkBytes) {
      RETURN_IF_ERROR(reception->Take(at, absl::string_view(bytes).substr(at, std::min(kMostChunkBytes, end - at))));
    }
    return reception->Finish();
  }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  OneCase cases;
  VerdictScanner scanner;
  uint64_t free_bytes = uint64_t{1} << 40;
  Attachments attachments;
  exchange::Call call;
};

class AttachmentsTest : public ::testing::Test {
 protected:
  AttachmentsTest() {
    kaz_.door.Connect(kgz_.door);
    kgz_.door.Connect(kaz_.door);
  }
  // Begins to send what `kaz_` holds with these bytes; its identifier.
  absl::StatusOr<std::string> UploadAndSend() {
    ASSIGN_OR_RETURN(const v1::Attachment held, kaz_.Upload(ManifestOf(bytes_), bytes_));
    v1::SendAttachmentRequest request;
    *request.mutable_context() = TestContext();
    request.set_case_id(kTestCase);
    request.set_attachment_id(held.manifest().attachment_id());
    RETURN_IF_ERROR(kaz_.attachments.Send(kaz_.call, request).status());
    return held.manifest().attachment_id();
  }
  // The only attachment of the case.
  v1::Attachment Only(AttachmentNode& node) {
    v1::ListAttachmentsRequest list;
    list.set_case_id(kTestCase);
    const absl::StatusOr<v1::ListAttachmentsResponse> listed = node.attachments.List(list);
    EXPECT_OK(listed);
    if (!listed.ok() || listed->attachments_size() != 1) return {};
    return listed->attachments(0);
  }
  // Offers `manifest` from KAZ to KGZ, as a node would that was changed to.
  absl::Status Offer(const v1::AttachmentManifest& manifest) {
    exchange::Outgoing question;
    question.context = TestContext();
    question.to = kKgz;
    question.record_kind = v1::RECORD_KIND_READMISSION;
    question.operation = v1::OPERATION_READMISSION_ATTACH;
    question.body = std::make_shared<const v1::AttachmentManifest>(manifest);
    return kaz_.door.Send(question);
  }
  v1::AttachmentManifest NamedManifest(int number) {
    v1::AttachmentManifest manifest = ManifestOf(bytes_);
    manifest.set_attachment_id(absl::StrCat("018f3c2e-7b1a-7c3d-9e4f-", absl::Dec(number, absl::kZeroPad12)));
    return manifest;
  }
  size_t OfCase(AttachmentNode& node) { return node.attachments.store().OfCase(kTestCase).value().size(); }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  AttachmentNode kaz_{kKaz, kKgz, clock_, rng_};
  AttachmentNode kgz_{kKgz, kKaz, clock_, rng_};
  const std::string bytes_ = TestPdf(2 * kBlockBytes + 12'345);
};

// The other node's reception in the place of its RPC; may end in the middle.
class DirectPeer final : public TransferPeer {
 public:
  DirectPeer(Attachments& receiver, const std::string& sender) : receiver_(receiver), sender_(sender) {}
  absl::StatusOr<v1::AttachmentTransferred> Send(const NextPiece& next, absl::Time) override {
    v1::AttachmentChunk piece;
    ASSIGN_OR_RETURN(bool more, next(&piece));
    ASSIGN_OR_RETURN(const std::unique_ptr<Reception> reception, receiver_.Transfer(sender_, piece));
    while (more) {
      if (pieces_left-- == 0) return absl::UnavailableError("cut");
      before_piece();
      RETURN_IF_ERROR(reception->Take(piece.offset(), piece.data()));
      piece.Clear();
      ASSIGN_OR_RETURN(more, next(&piece));
      ++pieces_taken;
    }
    RETURN_IF_ERROR(reception->Finish().status());
    return v1::AttachmentTransferred();
  }
  void Stop() override {}
  int pieces_left = 1'000;
  int pieces_taken = 0;
  std::function<void()> before_piece = [] {};

 private:
  Attachments& receiver_;
  const std::string sender_;
};

TEST_F(AttachmentsTest, AnUploadThatBreaksOffGoesOnAtTheBlockThatIsMissing) {
  const auto broken = kaz_.Upload(ManifestOf(bytes_), bytes_, kBlockBytes + 5);
  ASSERT_OK(broken);
  EXPECT_EQ(broken->state(), v1::ATTACHMENT_STATE_UNFINISHED);
  EXPECT_EQ(broken->offset(), kBlockBytes);
  const auto whole = kaz_.Upload(ManifestOf(bytes_), bytes_);
  ASSERT_OK(whole);
  EXPECT_EQ(whole->state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(whole->manifest().attachment_id(), broken->manifest().attachment_id());
}

TEST_F(AttachmentsTest, TheSameBytesAreKeptOnce) {
  ASSERT_OK(kaz_.Upload(ManifestOf(bytes_), bytes_));
  v1::QueryUploadRequest query;
  *query.mutable_context() = TestContext();
  *query.mutable_manifest() = ManifestOf(bytes_);
  const auto known = kaz_.attachments.Query(kaz_.call, query);
  ASSERT_OK(known);
  EXPECT_TRUE(known->complete());
  EXPECT_EQ(OfCase(kaz_), 1u);
}

TEST_F(AttachmentsTest, WhatIsNotWhatItsManifestSaysIsRemoved) {
  v1::AttachmentManifest lying = ManifestOf(bytes_);
  lying.set_sha256(std::string(32, 'x'));
  EXPECT_THAT(kaz_.Upload(lying, bytes_).status(), HasReason("HASH_MISMATCH"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  const std::string text(20'000, 'a');
  EXPECT_THAT(kaz_.Upload(ManifestOf(text), text).status(), HasReason("TYPE_MISMATCH"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  v1::AttachmentManifest small = ManifestOf(bytes_);
  small.set_size(bytes_.size() - 1);
  EXPECT_THAT(kaz_.Upload(small, bytes_).status(), HasReason("TOO_LARGE"));
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, OnlyWhatTheTreatyKnowsIsTaken) {
  v1::AttachmentManifest manifest = ManifestOf(bytes_);
  manifest.set_size((8u << 20) + 1);
  EXPECT_THAT(kaz_.Upload(manifest, bytes_).status(), HasReason("TOO_LARGE"));
  manifest = ManifestOf(bytes_);
  manifest.set_kind(v1::ATTACHMENT_KIND_FINGERPRINTS);
  EXPECT_THAT(kaz_.Upload(manifest, bytes_).status(), HasReason("ATTACHMENT_NOT_ALLOWED"));
}

TEST_F(AttachmentsTest, AHitRemovesTheBytesAndAnAbsentScannerKeepsThem) {
  kaz_.scanner.verdict = Error(absl::StatusCode::kUnavailable, "SCANNER_UNAVAILABLE", "away");
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("SCANNER_UNAVAILABLE"));
  EXPECT_EQ(OfCase(kaz_), 1u);
  kaz_.scanner.verdict = Error(absl::StatusCode::kFailedPrecondition, "INFECTED", "a hit");
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("INFECTED"));
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, WithoutRoomNothingIsBegunAndWhatLiesStillIsDropped) {
  kaz_.free_bytes = 1000;
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("DISK_FULL"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  kaz_.free_bytes = uint64_t{1} << 40;
  ASSERT_OK(kaz_.Upload(ManifestOf(bytes_), bytes_, kBlockBytes + 5));
  clock_.Advance(kUnfinishedLife + absl::Hours(1));
  ASSERT_OK(kaz_.attachments.DropForgotten());
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, ASentAttachmentGoesOnAfterACutAndIsProvenByASealedAnswer) {
  const auto held = kaz_.Upload(ManifestOf(bytes_), bytes_);
  ASSERT_OK(held);
  v1::SendAttachmentRequest request;
  *request.mutable_context() = TestContext();
  request.set_case_id(kTestCase);
  request.set_attachment_id(held->manifest().attachment_id());
  ASSERT_OK(kaz_.attachments.Send(kaz_.call, request));
  TransferPeers peers;
  auto owned = std::make_unique<DirectPeer>(kgz_.attachments, kKaz);
  DirectPeer& peer = *owned;
  peers[kKgz] = std::move(owned);
  SendingRound round(kaz_.attachments, peers, clock_, rng_);
  peer.pieces_left = 6;  // the first block, and a half
  EXPECT_FALSE(round.Run(kKgz));
  peer.pieces_left = 1'000;
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(absl::Minutes(10));
    round.Run(kKgz);
  }
  v1::ListAttachmentsRequest list;
  list.set_case_id(kTestCase);
  const auto here = kaz_.attachments.List(list);
  const auto there = kgz_.attachments.List(list);
  ASSERT_OK(here);
  ASSERT_OK(there);
  ASSERT_EQ(there->attachments_size(), 1);
  EXPECT_EQ(here->attachments(0).state(), v1::ATTACHMENT_STATE_DELIVERED);
  EXPECT_EQ(there->attachments(0).state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(FromProto(here->attachments(0).delivered_at()), FromProto(there->attachments(0).held_at()));
}

TEST_F(AttachmentsTest, BytesThatNobodyOfferedAreNotTaken) {
  v1::AttachmentChunk piece;
  piece.set_case_id(kTestCase);
  piece.set_attachment_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ac");
  EXPECT_THAT(kgz_.attachments.Transfer(kKaz, piece).status(), HasReason("NOT_SERVED"));
}

TEST_F(AttachmentsTest, OfACaseOnHoldNothingIsSentUntilItIsReleased) {
  kaz_.cases.terms.is_held = true;
  EXPECT_THAT(UploadAndSend().status(), HasReason("CASE_ON_HOLD"));
  EXPECT_TRUE(kaz_.door.asked.empty());
  kaz_.cases.terms.is_held = false;
  ASSERT_OK(UploadAndSend().status());
  TransferPeers peers;
  auto owned = std::make_unique<DirectPeer>(kgz_.attachments, kKaz);
  DirectPeer& peer = *owned;
  peers[kKgz] = std::move(owned);
  SendingRound round(kaz_.attachments, peers, clock_, rng_);
  // Held in the middle of the bytes.
  peer.before_piece = [&] { kaz_.cases.terms.is_held = true; };
  EXPECT_TRUE(round.Run(kKgz));
  EXPECT_EQ(peer.pieces_taken, 0);
  EXPECT_EQ(Only(kaz_).state(), v1::ATTACHMENT_STATE_SENDING);
  EXPECT_EQ(Only(kaz_).reason(), "CASE_ON_HOLD");
  clock_.Advance(absl::Minutes(10));
  EXPECT_TRUE(round.Run(kKgz));
  EXPECT_EQ(peer.pieces_taken, 0);
  peer.before_piece = [] {};
  kaz_.cases.terms.is_held = false;
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(absl::Minutes(10));
    round.Run(kKgz);
  }
  EXPECT_EQ(Only(kaz_).state(), v1::ATTACHMENT_STATE_DELIVERED);
}

TEST_F(AttachmentsTest, OfACaseThatHasEndedNothingIsTakenOnEitherSide) {
  ASSERT_OK_AND_ASSIGN(const std::string attachment_id, UploadAndSend());
  v1::AttachmentChunk piece;
  piece.set_case_id(kTestCase);
  piece.set_attachment_id(attachment_id);
  kgz_.cases.terms.is_open = false;
  EXPECT_THAT(kgz_.attachments.Transfer(kKaz, piece).status(), HasReason("CASE_CLOSED"));
  EXPECT_THAT(Offer(NamedManifest(1)), HasReason("CASE_CLOSED"));
  kaz_.cases.terms.is_open = false;
  TransferPeers peers;
  peers[kKgz] = std::make_unique<DirectPeer>(kgz_.attachments, kKaz);
  SendingRound(kaz_.attachments, peers, clock_, rng_).Run(kKgz);
  EXPECT_EQ(Only(kaz_).state(), v1::ATTACHMENT_STATE_NOT_DELIVERED);
  EXPECT_EQ(Only(kaz_).reason(), "CASE_CLOSED");
  v1::AttachmentManifest other = ManifestOf(bytes_ + "x");
  EXPECT_THAT(kaz_.Upload(other, bytes_ + "x").status(), HasReason("CASE_CLOSED"));
}

TEST_F(AttachmentsTest, TheSameBytesUnderOtherNamesAreNotTakenWithoutEnd) {
  ASSERT_OK(UploadAndSend().status());
  TransferPeers peers;
  peers[kKgz] = std::make_unique<DirectPeer>(kgz_.attachments, kKaz);
  SendingRound(kaz_.attachments, peers, clock_, rng_).Run(kKgz);
  ASSERT_EQ(Only(kgz_).state(), v1::ATTACHMENT_STATE_HELD);
  for (int i = 1; i < static_cast<int>(kMostOfSide); ++i) ASSERT_OK(Offer(NamedManifest(i))) << i;
  EXPECT_THAT(Offer(NamedManifest(99)), HasReason("TOO_MANY_ATTACHMENTS"));
  EXPECT_EQ(OfCase(kgz_), kMostOfSide);
}

TEST_F(AttachmentsTest, ManifestsWithoutBytesTakeNoMoreThanTheirPlaces) {
  for (int i = 1; i <= static_cast<int>(kMostUnfinishedOfSide); ++i) ASSERT_OK(Offer(NamedManifest(i))) << i;
  EXPECT_THAT(Offer(NamedManifest(99)), HasReason("TOO_MANY_ATTACHMENTS"));
  EXPECT_EQ(OfCase(kgz_), kMostUnfinishedOfSide);
}

TEST_F(AttachmentsTest, ACaseThatIsNotThePartnersIsLikeNone) {
  kgz_.cases.terms.partner = "UZB/interior-ministry";
  EXPECT_THAT(Offer(NamedManifest(1)), HasReason("NOT_SERVED"));
  v1::AttachmentManifest other = NamedManifest(1);
  other.set_case_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ff");
  EXPECT_THAT(Offer(other), HasReason("NOT_SERVED"));
  EXPECT_EQ(OfCase(kgz_), 0u);
}

TEST_F(AttachmentsTest, BytesThatAreNotTheNextAreNotTaken) {
  ASSERT_OK_AND_ASSIGN(const auto reception, kaz_.attachments.Upload(kaz_.call, TestContext(), ManifestOf(bytes_)));
  const absl::Status lying = reception->Take(kBlockBytes, "later");
  EXPECT_THAT(lying, HasReason("OUT_OF_ORDER"));
  EXPECT_EQ(MetadataOf(lying)["offset"], "0");
  EXPECT_THAT(reception->Take(UINT64_MAX - 2, "wraps"), HasReason("OUT_OF_ORDER"));
  EXPECT_OK(reception->Take(0, absl::string_view(bytes_).substr(0, 10)));
  EXPECT_THAT(reception->Take(0, absl::string_view(bytes_).substr(0, 10)), HasReason("OUT_OF_ORDER"));
}

TEST_F(AttachmentsTest, OfTwoUploadsAtOnceOneGoesOnAndTheBytesAreWhole) {
  ASSERT_OK_AND_ASSIGN(const auto first, kaz_.attachments.Upload(kaz_.call, TestContext(), ManifestOf(bytes_)));
  ASSERT_OK_AND_ASSIGN(const auto second, kaz_.attachments.Upload(kaz_.call, TestContext(), ManifestOf(bytes_)));
  absl::Status of_second;
  for (size_t at = 0; at < bytes_.size(); at += kMostChunkBytes) {
    const absl::string_view piece = absl::string_view(bytes_).substr(at, kMostChunkBytes);
    ASSERT_OK(first->Take(at, piece));
    if (of_second.ok()) of_second = second->Take(at, piece);
  }
  EXPECT_THAT(of_second, HasReason("VERSION_CONFLICT"));
  const auto held = first->Finish();
  ASSERT_OK(held);
  EXPECT_EQ(held->state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(OfCase(kaz_), 1u);
}

TEST_F(AttachmentsTest, APictureToWhichAnArchiveIsAppendedIsNotTaken) {
  const std::string record = std::string("PK\x05\x06", 4) + std::string(16, '\0');
  const std::string archive = bytes_ + record + std::string("\x03\x00", 2) + "end";
  EXPECT_THAT(kaz_.Upload(ManifestOf(archive), archive).status(), HasReason("TYPE_MISMATCH"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  // The same letters somewhere else end nothing.
  const std::string harmless = archive + "more";
  EXPECT_OK(kaz_.Upload(ManifestOf(harmless), harmless).status());
}

TEST_F(AttachmentsTest, APartnerThatWantsTheSameAgainAndAgainIsAskedLessAndLessOften) {
  ASSERT_OK(UploadAndSend().status());
  // It takes nothing, and says that it has.
  class Forgetful final : public TransferPeer {
   public:
    absl::StatusOr<v1::AttachmentTransferred> Send(const NextPiece&, absl::Time) override {
      return v1::AttachmentTransferred();
    }
    void Stop() override {}
  };
  TransferPeers peers;
  peers[kKgz] = std::make_unique<Forgetful>();
  SendingRound round(kaz_.attachments, peers, clock_, rng_);
  const size_t before = kaz_.door.asked.size();
  for (int second = 0; second < 3'600; ++second) {
    clock_.Advance(absl::Seconds(1));
    round.Run(kKgz);
  }
  EXPECT_LT(kaz_.door.asked.size() - before, 30u);
}

}  // namespace
}  // namespace tamga::attachment
