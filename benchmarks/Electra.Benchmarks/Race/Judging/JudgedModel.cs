using Electra.Checkpoints;
using Electra.Pretraining;
using Electra.Tokenization;

namespace Electra.Benchmarks.Race.Judging;

/// <summary>What judges ask of trained networks. Only here is it found out whether there is a discriminator.</summary>
internal sealed class JudgedModel
{
    private const int SentencesAPass = 128;

    private readonly ElectraPretrainingModel _model;
    private readonly ElectraTokenizer _tokenizer;

    /// <summary>Wraps networks, which stay the caller's.</summary>
    public JudgedModel(ElectraPretrainingModel model, ElectraTokenizer tokenizer)
    {
        (_model, _tokenizer) = (model, tokenizer);
        SpecialTokens special = tokenizer.SpecialTokens;
        Detection = model.HasDiscriminator ? new DiscriminatorScorer(model.Discriminator, special.ClsId, special.SepId, SentencesAPass).Score : null;
        Sentences = Detection is null
            ? new PseudoLogLikelihoodScorer(model.LanguageModel, special, SentencesAPass).Score
            : new SentenceDetectionScorer(Detection).Sum;
    }

    /// <summary>The networks.</summary>
    public ElectraPretrainingModel Networks => _model;

    /// <summary>The discriminator; null where there is none.</summary>
    public TokenScorer? Detection { get; }

    /// <summary>How acceptable a sentence is: by the discriminator, or where there is none by pseudo-log-likelihood.</summary>
    public SentenceScorer Sentences { get; }

    /// <summary>Writes the encoder that the run is for as a Hugging Face folder.</summary>
    public void SaveEncoder(string folder)
    {
        if (_model.HasDiscriminator) _model.Discriminator.SavePretrained(folder, _tokenizer);
        else _model.LanguageModel.SavePretrained(folder, _tokenizer);
    }
}
