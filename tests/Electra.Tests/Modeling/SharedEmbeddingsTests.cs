using Electra.Configuration;
using Electra.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace Electra.Tests.Modeling;

public class SharedEmbeddingsTests
{
    private const string WordTable = "electra.embeddings.word_embeddings.weight";
    private static readonly ElectraConfig Config = TinyConfig.Value;

    [Fact]
    public void Towers_on_one_instance_list_its_parameters_once()
    {
        using var discriminator = new ElectraForPreTraining(Config);
        using var generator = new ElectraForMaskedLM(Config.ToGenerator(0.5), sharedEmbeddings: discriminator.Electra.Embeddings);

        var listed = ParameterListing.Distinct(("discriminator.", discriminator), ("generator.", generator));

        string[] generatorNames =
            [.. listed.Select(item => item.Name).Where(name => name.StartsWith("generator.", StringComparison.Ordinal))];
        Assert.DoesNotContain(generatorNames, name => name.Contains(".embeddings.", StringComparison.Ordinal));
        Assert.Contains("generator.electra.embeddings_project.weight", generatorNames);
        Assert.Contains("discriminator." + WordTable, listed.Select(item => item.Name));
        Assert.Contains(WordTable, generator.state_dict().Keys);
        Assert.Contains(WordTable, discriminator.state_dict().Keys);
    }

    [Fact]
    public void A_parent_of_both_towers_lists_and_saves_them_whole()
    {
        using var discriminator = new ElectraForPreTraining(Config);
        using var generator = new ElectraForMaskedLM(Config.ToGenerator(0.5), sharedEmbeddings: discriminator.Electra.Embeddings);
        using var parent = new Towers(generator, discriminator);

        Assert.Equal(
            Listing.Count(("discriminator.", discriminator), ("generator.", generator)), Listing.Count((string.Empty, parent)));
        Assert.Equal(generator.state_dict().Count + discriminator.state_dict().Count, parent.state_dict().Count);
    }

    [Theory]
    [InlineData("all", true, true)]
    [InlineData("word and position tables", true, false)]
    [InlineData("none", false, false)]
    public void Both_losses_reach_what_is_shared_and_nothing_else(string sharing, bool sharesTables, bool sharesNorm)
    {
        using DisposeScope scope = NewDisposeScope();
        using var discriminator = new ElectraForPreTraining(Config, seed: 1);
        ElectraConfig generatorConfig = Config.ToGenerator(0.5);
        ElectraEmbeddings? embeddings = sharing switch
        {
            "all" => discriminator.Electra.Embeddings,
            "none" => null,
            _ => new ElectraEmbeddings(generatorConfig, seed: 2, tablesFrom: discriminator.Electra.Embeddings),
        };
        using var generator = new ElectraForMaskedLM(generatorConfig, seed: 3, sharedEmbeddings: embeddings);
        Tensor ids = TinyConfig.Ids(2, 7);

        ElectraLosses.MaskedLM(generator.forward(ids), ids).backward();

        var own = ParameterListing.Distinct((string.Empty, discriminator)).ToDictionary(item => item.Name, item => item.Parameter);
        Assert.Equal(sharesTables, own[WordTable].grad is not null);
        Assert.Equal(sharesTables, own["electra.embeddings.position_embeddings.weight"].grad is not null);
        Assert.Equal(sharesNorm, own["electra.embeddings.LayerNorm.weight"].grad is not null);
        Assert.Equal(sharesNorm, own["electra.embeddings.token_type_embeddings.weight"].grad is not null);

        Tensor before = own[WordTable].grad?.clone() ?? zeros_like(own[WordTable]);
        ElectraLosses.ReplacedTokenDetection(discriminator.forward(ids), ids % 2).backward();
        Assert.False(own[WordTable].grad!.allclose(before));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Towers_may_be_disposed_in_either_order(bool generatorFirst)
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var discriminator = new ElectraForPreTraining(Config);
        var generator = new ElectraForMaskedLM(Config.ToGenerator(0.5), sharedEmbeddings: discriminator.Electra.Embeddings);
        Tensor table = discriminator.Electra.Embeddings.WordEmbeddings;

        (generatorFirst ? (nn.Module)generator : discriminator).Dispose();
        (generatorFirst ? (nn.Module)discriminator : generator).Dispose();

        Assert.True(table.IsInvalid);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Embeddings_of_another_size_are_refused()
    {
        using var embeddings = new ElectraEmbeddings(Config with { VocabSize = 50 });

        ArgumentException error = Assert.Throws<ArgumentException>(() => new ElectraModel(Config, sharedEmbeddings: embeddings));
        Assert.Contains("50 words", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ElectraEmbeddings(Config, tablesFrom: embeddings));
    }

    private sealed class Towers : nn.Module
    {
        private readonly ElectraForMaskedLM _generator;
        private readonly ElectraForPreTraining _discriminator;

        public Towers(ElectraForMaskedLM generator, ElectraForPreTraining discriminator)
            : base(nameof(Towers))
        {
            (_generator, _discriminator) = (generator, discriminator);
            RegisterComponents();
        }
    }
}
